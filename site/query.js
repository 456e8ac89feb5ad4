// A query box over the Parquet tables: one SELECT over one table, answered in the browser. Tables are read by ranges, row group by row
// group; groups whose statistics rule the conditions out are not fetched.
(() => {
  "use strict";
  const MAX_ROWS = 1000;
  const DEFAULT_ROWS = 100;
  const MAX_BYTES = 100e6;
  const KEPT = 50_000;
  const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|([a-z_]\w*(?:\.parquet)?)|(<>|!=|<=|>=|[=<>,()*;]))/iy;

  // Text → { columns, table, conditions, order, limit }; columns is null for *, and "count" for count(*).
  const parse = (text) => {
    const tokens = [];
    TOKEN.lastIndex = 0;
    while (text.slice(TOKEN.lastIndex).trim() !== "") {
      const at = TOKEN.lastIndex;
      const found = TOKEN.exec(text);
      if (!found) throw new Error(`"${text.slice(at).trim().slice(0, 20)}" is not understood`);
      if (found[1]) tokens.push({ value: found[1].slice(1, -1).replaceAll("''", "'"), isLiteral: true });
      else if (found[2]) tokens.push({ value: Number(found[2]), isLiteral: true });
      else tokens.push({ word: (found[3] || found[4]).toLowerCase() });
    }
    let at = 0;
    const peek = (...words) => words.every((word, ahead) => tokens[at + ahead]?.word === word);
    const take = (...words) => peek(...words) && Boolean(at += words.length);
    const expect = (...words) => {
      if (!take(...words)) throw new Error(`${words.join(" ").toUpperCase()} is expected ${place()}`);
    };
    const place = () => (at < tokens.length ? `before ${tokens[at].word ?? JSON.stringify(tokens[at].value)}` : "at the end");
    const name = () => {
      const { word } = tokens[at] ?? {};
      if (!/^[a-z_]/.test(word ?? "")) throw new Error(`a name is expected ${place()}`);
      at += 1;
      return word;
    };
    const literal = () => {
      if (take("true")) return true;
      if (take("false")) return false;
      if (!tokens[at]?.isLiteral) throw new Error(`a number, 'text', true or false is expected ${place()}`);
      at += 1;
      return tokens[at - 1].value;
    };
    const list = (one) => {
      const all = [one()];
      while (take(",")) all.push(one());
      return all;
    };
    const condition = () => {
      const column = name();
      if (take("is", "not", "null")) return { column, operator: "is not null" };
      if (take("is", "null")) return { column, operator: "is null" };
      if (take("in", "(")) {
        const values = list(literal);
        expect(")");
        return { column, operator: "in", values };
      }
      const operator = ["=", "<>", "!=", "<=", ">=", "<", ">", "like"].find((one) => take(one));
      if (!operator) throw new Error(`a comparison is expected ${place()}`);
      return { column, operator: operator === "!=" ? "<>" : operator, values: [literal()] };
    };
    expect("select");
    let columns = null;
    if (take("count", "(", "*", ")")) columns = "count";
    else if (!take("*")) columns = list(name);
    expect("from");
    const table = name().replace(/\.parquet$/, "");
    const conditions = [];
    if (take("where")) do conditions.push(condition()); while (take("and"));
    const order = take("order", "by") ? list(() => ({ column: name(), isDown: take("desc") || (take("asc"), false) })) : [];
    const limit = take("limit") ? literal() : DEFAULT_ROWS;
    take(";");
    if (at < tokens.length) throw new Error(`nothing more is understood ${place()}`);
    if (!Number.isInteger(limit) || limit < 0) throw new Error("LIMIT takes a whole number");
    return { columns, table, conditions, order, limit: Math.min(limit, MAX_ROWS) };
  };

  const isAscii = (value) => typeof value !== "string" || /^[\x00-\x7f]*$/.test(value);
  const pattern = (like) => new RegExp(`^${like.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&").replaceAll("%", ".*").replaceAll("_", ".")}$`, "su");
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const HOLDS = {
    "=": (a, [b]) => a === b, "<>": (a, [b]) => a !== b, "<": (a, [b]) => a < b, "<=": (a, [b]) => a <= b,
    ">": (a, [b]) => a > b, ">=": (a, [b]) => a >= b, in: (a, all) => all.includes(a),
  };
  // As in SQL, nothing but IS NULL is true of a null.
  const holds = ({ column, operator, values, expression }) => (row) => {
    const value = row[column];
    if (value === null || value === undefined) return operator === "is null";
    if (operator === "is null" || operator === "is not null") return operator === "is not null";
    return expression ? expression.test(value) : HOLDS[operator](value, values);
  };
  // What rules row groups out by their statistics. Text is compared byte by byte there, so only plain ASCII may rule anything out.
  const ruledOut = ({ column, operator, values }) => {
    const start = operator === "like" ? values[0].split(/[%_]/)[0] : null;
    if (start) {
      const last = start.length - 1;
      const end = start.slice(0, last) + String.fromCharCode(start.charCodeAt(last) + 1);
      return isAscii(end) ? { [column]: { $gte: start, $lt: end } } : null;
    }
    const known = { "=": "$eq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", in: "$in" }[operator];
    if (!known || !values.every(isAscii)) return null;
    return { [column]: { [known]: operator === "in" ? values : values[0] } };
  };

  const KINDS = { BYTE_ARRAY: "string", BOOLEAN: "boolean", DOUBLE: "number", INT64: "bigint", INT32: "string" };
  // Literals in the type of their column; integers are 64 bits wide, days are text of the form 2025-08-09.
  const typed = (condition, types) => {
    const kind = KINDS[types.get(condition.column)];
    const values = condition.values?.map((value) => {
      if (kind === "bigint" && Number.isSafeInteger(value)) return BigInt(value);
      if (kind === "bigint" && typeof value === "number") throw new Error(`${condition.column} holds whole numbers`);
      const wanted = { string: "'text'", boolean: "true or false", number: "a number", bigint: "a whole number" }[kind];
      if (typeof value !== kind) throw new Error(`${condition.column} is compared with ${wanted}`);
      return value;
    });
    if (condition.operator === "like" && kind !== "string") throw new Error(`LIKE is for text, and ${condition.column} is none`);
    return { ...condition, values, expression: condition.operator === "like" ? pattern(values[0]) : null };
  };
  const inOrder = (order) => (a, b) => {
    for (const { column, isDown } of order) {
      const [left, right] = [a[column] ?? null, b[column] ?? null];
      if (left === null || right === null) {
        if (left !== right) return left === null ? 1 : -1;
        continue;
      }
      const way = compare(left, right);
      if (way !== 0) return isDown ? -way : way;
    }
    return 0;
  };

  const parsers = { dateFromDays: (days) => new Date(days * 86_400_000).toISOString().slice(0, 10) };
  const ask = async (text, files) => {
    const query = parse(text);
    if (!document.getElementById(`${query.table}.parquet`)) throw new Error(`there is no table ${query.table}; the list above names all`);
    const { asyncBufferFromUrl, cachedAsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema, zstd } = await import("./parquet.js");
    const inner = await asyncBufferFromUrl({ url: `${files}${query.table}.parquet` });
    let bytes = 0;
    const counted = {
      byteLength: inner.byteLength,
      slice: (start, end = inner.byteLength) => {
        bytes += end - start;
        if (bytes > MAX_BYTES) throw new Error("this needs more than 100 MB of the table; narrow the conditions, or use DuckDB on the file");
        return inner.slice(start, end);
      },
    };
    const file = cachedAsyncBuffer(counted);
    const metadata = await parquetMetadataAsync(file, { parsers });
    const types = new Map(parquetSchema(metadata).children.map(({ element }) => [element.name, element.type]));
    const chosen = query.columns === "count" ? [] : query.columns ?? [...types.keys()];
    const needed = [...new Set([...chosen, ...query.conditions.map(({ column }) => column), ...query.order.map(({ column }) => column)])];
    const unknown = needed.find((column) => !types.has(column));
    if (unknown) throw new Error(`${query.table} has no column ${unknown}; it has ${[...types.keys()].join(", ")}`);
    const conditions = query.conditions.map((condition) => typed(condition, types));
    const filters = conditions.map(ruledOut).filter(Boolean);
    const tests = conditions.map(holds);
    const isOrdered = query.order.length > 0;
    let rows = [];
    let count = 0;
    let start = 0;
    for (const group of metadata.row_groups) {
      const end = start + Number(group.num_rows);
      const options = { file, metadata, rowStart: start, rowEnd: end, columns: needed, parsers, filter: filters.length > 0 ? { $and: filters } : undefined };
      start = end;
      if (needed.length === 0) {
        count += Number(group.num_rows);
        continue;
      }
      const read = await parquetReadObjects({ ...options, compressors: { ZSTD: (input, length) => zstd(input, new Uint8Array(length)) } });
      const kept = read.filter((row) => tests.every((test) => test(row)));
      count += kept.length;
      if (query.columns !== "count") for (const row of kept) rows.push(row);
      if (isOrdered && rows.length > KEPT) rows = rows.sort(inOrder(query.order)).slice(0, query.limit);
      if (!isOrdered && query.columns !== "count" && rows.length >= query.limit) break;
    }
    if (isOrdered) rows.sort(inOrder(query.order));
    const shown = query.columns === "count" ? [{ count }] : rows.slice(0, query.limit);
    return { columns: query.columns === "count" ? ["count"] : chosen, rows: shown, bytes, types };
  };

  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const table = ({ columns, rows, types }) => {
    const made = element("table");
    const isNumber = (column) => column === "count" || ["DOUBLE", "INT64"].includes(types.get(column));
    const cell = (tag, text, column) => element(tag, text, isNumber(column) ? "n" : undefined);
    const head = made.createTHead().insertRow();
    head.append(...columns.map((column) => Object.assign(cell("th", column, column), { scope: "col" })));
    const body = made.createTBody();
    for (const row of rows) body.insertRow().append(...columns.map((column) => cell("td", String(row[column] ?? "\u2013"), column)));
    return made;
  };
  document.querySelectorAll("form[data-query]").forEach((form) => {
    const [answer, status] = [form.querySelector("[data-answer]"), form.querySelector("output")];
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      status.textContent = "Reading\u2026";
      answer.replaceChildren();
      try {
        const found = await ask(form.querySelector("textarea").value, form.dataset.query);
        answer.append(table(found));
        status.textContent = `${found.rows.length} ${found.rows.length === 1 ? "row" : "rows"}, ${(found.bytes / 1e6).toFixed(2)} MB read`;
      } catch (problem) {
        status.textContent = `No answer: ${problem.message}.`;
      }
    });
  });
})();

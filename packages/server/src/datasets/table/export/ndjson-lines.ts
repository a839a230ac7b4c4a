import { literal } from '../sql.ts';
import { type PlacedColumn, typeInSql } from '../stored-columns.ts';

/** SQL of a row as a JSON object on one line, with values as callers get them anywhere. */
export function ndjsonLineSql(columns: readonly PlacedColumn[]): string {
  const members = columns.map((column, index) => {
    const name = literal(`${index === 0 ? '{' : ','}${JSON.stringify(column.name)}:`);
    return `${name}, coalesce(${valueSql(column)}, 'null')`;
  });
  return `concat(${members.join(', ')}, '}')`;
}

function valueSql({ stored, type }: PlacedColumn): string {
  switch (type) {
    case 'boolean':
    case 'integer':
      return `CAST(${stored} AS VARCHAR)`;
    case 'number':
    case 'text':
      return `CAST(to_json(${stored}) AS VARCHAR)`;
    case 'json':
      // on one line: what came over several keeps its texts, in which line ends are escaped
      return `replace(replace(${stored}, chr(10), ' '), chr(13), ' ')`;
    case 'image':
      return `'"' || to_base64(${stored}) || '"'`;
    case 'bigint':
    case 'date':
    case 'timestamp':
      return `'"' || ${typeInSql[type].sent(stored)} || '"'`;
  }
}

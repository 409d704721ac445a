/** number of the row in its file; the first data row is 1 */
export const rowNumber = "row_at";
/** of a typed table: how many cells of the row are at fault */
export const faultCount = "fault_count";

/** A name for the column at a position: SQL would take the names "Area" and "area" for one. */
const byPosition = (word: string) => (position: number) => `${word}_${position}`;

/** columns of a file, as they lie there */
export const sourceColumn = byPosition("source");
/** columns that the spec declares, and features that it derives from them */
export const declaredColumn = byPosition("declared");
export const derivedColumn = byPosition("derived");
/** declared columns as text without spaces around it, and as what it was parsed to */
export const trimmedColumn = byPosition("trimmed");
export const parsedColumn = byPosition("parsed");
/** what is wrong with the cell of a declared column */
export const faultColumn = byPosition("fault");
/** whether rows of one key differ in a column */
export const differsColumn = byPosition("differs");
/** the spec's features, and the columns that it slices by beside them */
export const featureColumn = byPosition("feature");
export const sliceColumn = byPosition("slice");

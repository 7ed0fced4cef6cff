/** Reads rows of a parquet file, one row group at a time: only the group in hand and the columns asked for are in memory. */
import { type FileHandle, open } from 'node:fs/promises';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DataFileError } from '../errors.ts';

/** A row group larger than this, uncompressed, is refused: it would be held in memory whole. Writers cut at 128 MB or sooner. */
const MAX_GROUP_BYTES = 1024 * 1024 * 1024;
const MAX_FOOTER_BYTES = 256 * 1024 * 1024;

/** One row of a parquet file by the names of its columns. */
export interface ParquetRow {
  /** Counted from 1. */
  readonly row: number;
  /** Column name -> value. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * @param columns top-level columns; those that the file has not are left out. null: all
 * @throws {DataFileError} no parquet file, broken, encrypted, or a row group that is too large for memory
 */
export async function* readParquetRows(
  file: string,
  columns: readonly string[] | null = null,
): AsyncGenerator<ParquetRow> {
  const handle = await openFile(file);
  try {
    const buffer = await fileBuffer(handle, file);
    const metadata = await attempt(file, () => readMetadata(buffer));
    const present = topLevelColumns(metadata);
    const wanted = columns === null ? present : present.filter((name) => columns.includes(name));
    let row = 0;
    for (const group of metadata.row_groups) {
      const rowStart = row;
      const rowEnd = row + Number(group.num_rows);
      const bytes = group.columns
        .filter(({ meta_data: meta }) => meta !== undefined && wanted.includes(meta.path_in_schema[0] as string))
        .reduce((sum, { meta_data: meta }) => sum + Number(meta?.total_uncompressed_size), 0);
      if (!(bytes <= MAX_GROUP_BYTES)) {
        throw new DataFileError(
          file,
          `has a row group of ${bytes} bytes; at most ${MAX_GROUP_BYTES} are read, write it with smaller groups`,
        );
      }
      const rows = await attempt(file, () =>
        parquetReadObjects({ file: buffer, metadata, columns: wanted, rowStart, rowEnd, compressors }),
      );
      if (rows.length !== rowEnd - rowStart) {
        throw new DataFileError(file, `holds ${rows.length} rows where its index says ${rowEnd - rowStart}`);
      }
      for (const values of rows) {
        row += 1;
        yield { row, values };
      }
    }
  } finally {
    await handle.close();
  }
}

const topLevelColumns = (metadata: FileMetaData): string[] => {
  const names: string[] = [];
  const [root, ...elements] = metadata.schema;
  // The schema is the tree's nodes in depth-first order, each with its number of children.
  let at = 0;
  const skip = (): void => {
    const { num_children: children = 0 } = elements[at++] ?? {};
    for (let i = 0; i < children; i++) skip();
  };
  for (let i = 0; i < (root?.num_children ?? 0) && at < elements.length; i++) {
    names.push((elements[at] as { name: string }).name);
    skip();
  }
  return names;
};

async function readMetadata(buffer: AsyncBuffer): Promise<FileMetaData> {
  const tail = new DataView(await buffer.slice(Math.max(0, buffer.byteLength - 8)));
  const magic = tail.byteLength === 8 ? new TextDecoder('latin1').decode(new Uint8Array(tail.buffer, 4)) : '';
  if (magic === 'PARE') throw new Error('is encrypted');
  if (magic !== 'PAR1') throw new Error('does not end as a parquet file does; it may be cut off');
  const footer = tail.getUint32(0, true);
  if (footer > Math.min(buffer.byteLength - 8, MAX_FOOTER_BYTES)) throw new Error('has a footer longer than the file');
  return parquetMetadataAsync(buffer);
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DataFileError(file, code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`, { cause: error });
  }
}

async function fileBuffer(handle: FileHandle, file: string): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  async function read(start: number, end: number): Promise<ArrayBuffer> {
    const length = Math.min(end, size) - start;
    if (!(start >= 0 && length >= 0)) throw new DataFileError(file, 'names bytes that the file has not');
    const bytes = new Uint8Array(length);
    for (let from = 0; from < length; ) {
      const { bytesRead } = await handle.read(bytes, from, length - from, start + from);
      if (bytesRead === 0) throw new DataFileError(file, 'became shorter while it was read');
      from += bytesRead;
    }
    return bytes.buffer;
  }
  return {
    byteLength: size,
    slice(start, end = size) {
      const bytes = read(start, end);
      // hyparquet fetches ahead; what it then never waits for, since another part was broken, must not end the process.
      bytes.catch(() => undefined);
      return bytes;
    },
  };
}

/** hyparquet throws plain errors, and on broken files also RangeErrors and TypeErrors. */
async function attempt<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    const own = error instanceof Error && /^(is|does|has) /.test(error.message);
    throw new DataFileError(file, own ? error.message : 'is not a parquet file that can be read; it may be broken', {
      cause: error,
    });
  }
}

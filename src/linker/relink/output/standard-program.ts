import type { Blob } from '../../../blob/blob.ts';
import { MAX_SPI_HEAP_PAGES, MAX_SPI_SIZE } from '../../../blob/limits.ts';
import { type BlobInit, makeBlob } from '../../../blob/make.ts';
import { roundUp } from '../../../memory/map.ts';
import { fail } from './errors.ts';

const PAGE = 4096;

type DataParts = Required<
  Pick<
    BlobInit,
    'roData' | 'rwData' | 'roDataSize' | 'rwDataSize' | 'stackSize' | 'kind' | 'code' | 'bitmask'
  >
> &
  Pick<BlobInit, 'jumpTable'>;

const checkSize = (what: string, size: number, limit: number): void => {
  if (size > limit) throw fail('link/standard-program-size', { what, size, limit });
};

const padded = (bytes: Uint8Array, size: number): Uint8Array => {
  const longer = new Uint8Array(size);
  longer.set(bytes);
  return longer;
};

/**
 * A program as a JAM standard program. The form has no sizes but those of what it stores, so zeros behind the
 * read-write data become heap pages. Imports and exports have no place: host calls go by number, entry points by code
 * offset.
 *
 * @param heapPages pages that the program is to have behind its data
 * @throws RiscboxError `link/standard-program-size`
 */
export const standardProgram = (
  { roDataSize, rwDataSize, roData, rwData, stackSize, ...code }: DataParts,
  heapPages: number,
): Blob => {
  checkSize('bytes of read-only data', roDataSize, MAX_SPI_SIZE);
  checkSize('bytes of read-write data', rwData.length, MAX_SPI_SIZE);
  checkSize('bytes of stack', stackSize, MAX_SPI_SIZE);
  const zeroPages = (roundUp(rwDataSize, PAGE) - roundUp(rwData.length, PAGE)) / PAGE;
  checkSize('heap pages (zeros behind the data among them)', zeroPages + heapPages, MAX_SPI_HEAP_PAGES);
  return makeBlob({
    ...code,
    container: 'jam-spi',
    roData: padded(roData, roDataSize),
    rwData,
    stackSize,
    spi: { heapPages: zeroPages + heapPages },
  });
};

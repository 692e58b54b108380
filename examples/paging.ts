/** Dynamic paging: the host decides what every page of the guest's memory holds, when it is first touched. */
import { Engine } from '../src/index.ts';
import { program } from './program.ts';

const instance = new Engine().compile(program, { dynamicPaging: true }).instantiate();
const { memory } = instance;
instance.prepareCall('store', [0x123456, 42]);

for (let stop = instance.run(); stop.kind !== 'finished'; stop = instance.run()) {
  if (stop.kind !== 'segfault') throw new Error(`unexpected ${stop.kind}`);
  console.log(`page ${stop.pageAddress.toString(16)}, write-protected: ${stop.writeProtected}`);
  if (stop.writeProtected) memory.unprotect(stop.pageAddress, stop.pageSize);
  else memory.zeroWithProtection(stop.pageAddress, stop.pageSize, 'read');
}
console.log(memory.readU32(0x123456));

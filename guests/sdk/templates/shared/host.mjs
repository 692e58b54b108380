import { readFileSync } from 'node:fs';
import { Engine, Linker } from 'riscbox';
import { relink } from 'riscbox/linker';

const elf = readFileSync(new URL('build/{{name}}.elf', import.meta.url));
const program = new Engine().compile(relink(elf));

const linker = new Linker().define('print', { params: ['pointer', 'u32'] }, ({ memory }, text, length) => {
  console.log(memory.readString(text, length));
});
const guest = linker.instantiate(program);

const add = guest.export('add', { params: ['u32', 'u32'], result: 'u32' });
const nameBuffer = guest.export('name_buffer', { params: [], result: 'pointer' });
const greet = guest.export('greet', { params: ['u32'] });

const name = new TextEncoder().encode(process.argv[2] ?? '{{name}}');
guest.memory.write(nameBuffer(), name);
greet(name.length);
console.log(`40 + 2 = ${add(40, 2)}`);

/** Metering: run until the gas is used up, pay more, go on. */
import { CallStopped, Engine, Linker } from '../src/index.ts';
import { program } from './program.ts';

const module = new Engine().compile(program, { gas: 'sync' });
const instance = new Linker().fallback(() => 0).instantiate(module, { gas: 50 });

// On the machine level a run returns why it stopped.
instance.prepareCall('sum', [100]);
console.log(instance.run(), instance.gas);
console.log(instance.run({ gas: 1000 }), instance.getRegister('a0'), instance.gas);

// A call gives the function's result, so it throws when the guest does not return, and can be continued.
instance.gas = 10n;
try {
  instance.call('sum', 4);
} catch (error) {
  if (!(error instanceof CallStopped)) throw error;
  console.log(error.code);
  console.log(instance.continue({ gas: 100 }));
}

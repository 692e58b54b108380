/** Loading this module puts WebAssembly among the tiers, makes `auto` use it, and lets tiers be compared. */
import { auto, wasm } from '../jit/wasm/tier.ts';
import { crosschecked } from './crosscheck-option.ts';
import { provideComparer, provideTiers } from './tiers.ts';

provideTiers(auto, [wasm]);
provideComparer(crosschecked);

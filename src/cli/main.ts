#!/usr/bin/env node
import { cli } from './cli.ts';
import { processIo } from './io.ts';

// Not process.exit(): what is on its way to a pipe shall arrive.
process.exitCode = await cli(process.argv.slice(2), processIo());

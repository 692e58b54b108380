/** A promise that resolves in a later task of the event loop, so that timers, input and AbortSignals get their turn. */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    // Node has no faster way; browsers throttle timers to 4 ms, messages not.
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });

/** What a message says to do: messages end with it, behind a semicolon. */
const adviceOf = (message: string): string => {
  const at = message.lastIndexOf('; ');
  return at < 0 ? '' : message.slice(at);
};

/** Messages in a list, of which neighbours give the same advice once, with the last of them. */
export const withAdviceOnce = (messages: readonly string[]): readonly string[] =>
  messages.map((message, i) => {
    const advice = adviceOf(message);
    return advice !== '' && adviceOf(messages[i + 1] ?? '') === advice
      ? message.slice(0, -advice.length)
      : message;
  });

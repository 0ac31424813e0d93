/** Why there is no word of a model, by code, for whoever reads a plan or the log of a job. */
const sentences: Record<string, string> = {
  'not-shown':
    'No language model was asked: the intake holds text that may be meant for a program, or cannot be vetted.',
  budget: "No language model was asked: today's budget of questions is spent.",
  'no-time': 'No language model was asked: there was no time left.',
  resting: 'No language model was asked: it has failed several times in a row.',
  'chat-deadline': 'The language model did not answer in time.',
  'chat-refused': 'The language model declined to answer.',
  'chat-unreadable': 'The language model answered something that cannot be used.',
  'chat-cut': 'The answer of the language model was cut off.',
  'chat-too-large': 'The language model answered something that cannot be used.',
  'chat-question-too-long': 'The question is too long for the language model.',
  'chat-rate-limited': 'The language model takes no more questions for the moment.',
  'chat-quota-spent': 'The account at the provider of the language model has no credit left.',
  'chat-key-refused': 'The provider of the language model does not accept our key.',
  'chat-model-unknown': 'The endpoint does not know the language model.',
  'chat-request-refused': 'The endpoint of the language model refuses the form of our requests.',
  'chat-unavailable': 'The endpoint of the language model has a failure.',
  'chat-unreachable': 'The endpoint of the language model cannot be reached.',
};

export const noteOfFailure = (code: string): string =>
  `${sentences[code] ?? 'The language model could not be asked.'} The offline recommendation stands.`;

export const noteOfMinority = (name: string | null): string =>
  `A language model ${name === null ? 'found that none fits' : `would have chosen “${name}”`}; its word does not outweigh the ranker's.`;

// What the page remembers between clicks.

export const state = {
  conversation: "", // id of the conversation that is open
  asking: null, // the question that is being answered
  token: "", // stops the answer to it
  instead: null, // filters for the next question, set by a chip
  started: null, // the server's life: another value means that it was started anew
};

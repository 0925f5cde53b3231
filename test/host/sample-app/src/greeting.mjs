export const greetingOf = (name) => `${process.env.Greeting}, ${name}, from an ES module`;

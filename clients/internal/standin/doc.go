// Package standin has what the stand-ins of the APIs share: a journal of what they did, answers
// that take their time, broken connections.
package standin

// Package grammar checks documents against the grammar of OpenAPI: keys, forms of values, and rules
// about several keys of one object.
//
// The input is a tree and the version of its format. The output is warnings with positions. The
// grammar is a table; see the variable grammar.
package grammar

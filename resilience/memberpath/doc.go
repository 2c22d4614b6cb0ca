// Package memberpath parses and follows paths to members of JSON values, such as errors.0.code.
// Policies use one syntax for pagination, success rules and error codes:
//
//   - Names of members are joined by dots. A name may itself contain dots: {"a.b": 1} has the
//     member a.b. Of several readings the one with the longest first name that exists is used.
//   - A whole number selects an element of a list, counted from 0.
//   - A single dot is the value itself.
//   - The empty path selects nothing.
package memberpath

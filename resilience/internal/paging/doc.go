// Package paging finds the next page of a listing in a response, and makes the request for it.
//
// [Next] returns the token of the next page: a token, an offset, a page number, or the path and
// query of a link, by the style of the policy's pagination. [Request.At] returns the input of the
// request for a page. All functions are pure.
package paging

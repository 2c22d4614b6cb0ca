// Package success applies the success rule of a policy to the body of a 2xx response.
//
// Some APIs answer 2xx although the request, or some items of it, failed. [Apply] decides from the
// rule and the JSON body whether the request succeeded and which items failed. [Items] and
// [ReplaceItems] read and exchange the items of a JSON array, for asking again for throttled items.
// All functions are pure.
package success

// Package success applies the success rules of a policy to the body of a 2xx response.
//
// Some APIs answer 2xx although the request, or some items of it, failed. [Rules.Apply] decides
// from the rules and the JSON body whether the request succeeded and which items failed. [Items]
// and [ReplaceItems] read and exchange the items of a JSON array, for asking again for throttled
// items. All functions are pure.
package success

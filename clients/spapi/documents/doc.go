// Package documents transfers documents through pre-signed URLs: the content of feeds and reports.
//
// Such a URL is a credential: anyone who has it can read or write the document until it expires
// within minutes. It comes from a response of the API, which may be forged. Therefore documents use
// a separate client that adds no token, requests public https addresses only, follows no redirects
// and includes no URLs in errors. A download that outlives its URL continues with a new one.
// Downloads are streams that are decompressed, converted to UTF-8 and verified.
package documents

// Package documents moves documents that stand behind pre-signed URLs: what feeds are made of, what
// reports come as.
//
// Such a URL is a credential. Whoever has it can read or write the document, and it lapses within
// minutes. So documents travel through a client of their own that adds no token, follows no
// redirect and names no URL in an error, and a download that outlives its URL goes on from where it
// is with a new one. Downloads are streams: unpacked, turned into UTF-8 and checked on the way.
package documents

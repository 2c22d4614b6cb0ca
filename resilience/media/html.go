package media

import "bytes"

// sniffed is how many bytes of a body are examined for HTML.
const sniffed = 512

// htmlStarts are the beginnings, in lower case, of HTML pages. No JSON value and hardly any XML
// document that an API declares starts with one of them.
var htmlStarts = []string{
	"<!doctype html", "<html", "<head", "<body", "<title", "<h1", "<script", "<center", "<!--",
}

// LooksLikeHTML reports whether a body starts like an HTML page, such as the error page of a proxy.
// It looks at the first bytes only and ignores the Content-Type.
func LooksLikeHTML(body []byte) bool {
	head := TrimStart(body)
	if len(head) == 0 || head[0] != '<' {
		return false
	}
	head = bytes.ToLower(head[:min(len(head), sniffed)])
	for _, start := range htmlStarts {
		if bytes.HasPrefix(head, []byte(start)) {
			return true
		}
	}
	return bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<html"))
}

// HTMLBody reports whether an HTML page came where another media type is declared: an error page or
// a sign-in form instead of data. Some servers label JSON as text/html, so a body labeled so that
// starts like a JSON object or array is not a page when JSON is declared.
func HTMLBody(declared, received string, body []byte) bool {
	json := IsJSON(declared)
	if json && len(body) > 0 && (body[0] == '{' || body[0] == '[') {
		return false // most bodies
	}
	labeled := Base(received) == "text/html" && Match(declared, "text/html") == None
	if !json {
		return labeled
	}
	if LooksLikeHTML(body) {
		return true
	}
	head := bytes.TrimLeft(body, " \t\r\n")
	return labeled && len(head) > 0 && head[0] != '{' && head[0] != '['
}

// TrimStart returns data without a leading byte order mark and white space.
func TrimStart(data []byte) []byte {
	if len(data) > 0 && data[0] > ' ' && data[0] < 0x80 {
		return data // most are
	}
	return bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
}

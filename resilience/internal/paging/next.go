package paging

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Page is a response with one page of a listing.
type Page struct {
	Value   any // the decoded body
	Header  http.Header
	URL     *url.URL // of its request
	Items   int
	Counted bool // Items is known
}

// Position is the page that was read.
type Position struct {
	Token string // token, offset, number or target of the page; empty: the first page
	First string // the same, as the arguments of the call give it
	Size  string // size of a page, as the arguments of the call give it
}

// Cause is the kind of a [Problem].
type Cause uint8

// The causes.
const (
	Contract Cause = iota // the response is not what the policy says
	NoWay                 // the next page cannot be requested
	Argument              // an argument of the call is wrong
)

// Problem is why the next page cannot be requested.
type Problem struct {
	Cause Cause
	Text  string
}

// Next returns the token of the page after p, or "" if p is the last one.
func Next(rule *policy.Pagination, at Position, p Page) (token string, problem *Problem) {
	switch rule.Style {
	case "offset":
		return nextOffset(rule, at, p)
	case "page":
		return nextNumber(rule, at, p)
	case "link":
		return nextTarget(rule, p)
	}
	token, problem = stated(rule, p)
	if problem == nil && token != "" && rule.Request == "" {
		return "", &Problem{NoWay, "there are further pages, and the operation has no parameter to ask for them"}
	}
	return token, problem
}

// stated returns the text at the path rule.Response; "" if it is absent, null or empty.
func stated(rule *policy.Pagination, p Page) (string, *Problem) {
	v, ok := wire.Find(p.Value, rule.Response)
	if !ok || rule.Response == "" {
		return "", nil
	}
	text, ok := wire.PlainText(v.Interface())
	if !ok {
		return "", &Problem{Contract, rule.Response + " is not a text, number or bool"}
	}
	return text, nil
}

// nextTarget returns the path and query of the link to the next page.
func nextTarget(rule *policy.Pagination, p Page) (string, *Problem) {
	link, problem := stated(rule, p)
	if rule.Response == "" {
		link = nextLink(p.Header)
	}
	if problem != nil || link == "" {
		return "", problem
	}
	to, err := p.URL.Parse(link)
	if err != nil {
		return "", &Problem{Contract, "the link to the next page is not a URL"}
	}
	if !SameOrigin(p.URL, to) {
		return "", &Problem{NoWay, "the link to the next page leads from " + originOf(p.URL) + " to " + originOf(to) +
			", and credentials are not sent to another origin; use a client for that server"}
	}
	return Target(to), nil
}

// nextOffset adds the length of the page to its offset. The last page is the one that reaches the
// stated total; if none is stated, the first one without items.
func nextOffset(rule *policy.Pagination, at Position, p Page) (string, *Problem) {
	from, err := number(rule, at, "0")
	if err != nil {
		return "", &Problem{Argument, err.Error()}
	}
	text, problem := stated(rule, p)
	if problem != nil || text == "false" {
		return "", problem
	}
	total := int64(math.MaxInt64)
	if text != "" && text != "true" {
		if total, err = strconv.ParseInt(text, 10, 64); err != nil {
			return "", &Problem{Contract, rule.Response + " is not a whole number"}
		}
	}
	step, known := length(at, p)
	switch {
	case !known:
		return "", &Problem{NoWay,
			"the number of items on the page is unknown; set pagination.items or pagination.size"}
	case step >= total-from, step == 0 && text == "":
		return "", nil
	case step == 0:
		return "", &Problem{NoWay, fmt.Sprintf("the page at %d has no items, but the response says that there are more",
			from)}
	}
	return strconv.FormatInt(from+step, 10), nil
}

// nextNumber adds one to the number of the page. The last page is the one whose response says so;
// if it does not, the first one without items. If the position of the items is unknown too, the
// pages only end when the server refuses a request.
func nextNumber(rule *policy.Pagination, at Position, p Page) (string, *Problem) {
	n, err := number(rule, at, "")
	if err != nil {
		return "", &Problem{Argument, err.Error()}
	}
	more, problem := stated(rule, p)
	switch {
	case problem != nil, more == "false":
		return "", problem
	case more != "" && more != "true":
		return "", &Problem{Contract, rule.Response + " is neither true nor false"}
	case more == "" && (p.Counted && p.Items == 0 || !p.Counted && rule.Response != ""):
		return "", nil
	}
	return strconv.FormatInt(n+1, 10), nil
}

// number returns the offset or number of the page: of the token, of the arguments, or first.
func number(rule *policy.Pagination, at Position, first string) (int64, error) {
	text := at.Token
	if text == "" {
		text = at.First
	}
	if text == "" {
		text = first
	}
	if text == "" {
		return 0, fmt.Errorf("the number of the first page is unknown, 0 or 1; set %s", rule.Request)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s is not a whole number of 0 or more", rule.Request)
	}
	return n, nil
}

// length returns the number of items on the page, or the requested size if it is not counted.
func length(at Position, p Page) (n int64, known bool) {
	if p.Counted {
		return int64(p.Items), true
	}
	n, err := strconv.ParseInt(at.Size, 10, 64)
	return n, err == nil && n > 0
}

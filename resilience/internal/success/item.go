package success

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/internal/redact"
)

// Item is a part of a request that failed although the response has a status of 2xx.
type Item struct {
	Index     int    // position in the list of the response, from 0
	Status    int    // HTTP status of the item; 0: none
	Word      string // status of the item if it is not a number, for example "ClientError"
	Code      string // of its first error, as the server wrote it; empty: none
	Message   string // of its first error; it may hold anything that the server wrote
	Throttled bool   // the item was refused because there were too many requests
}

// String returns the index, status and code of the item, without its message.
func (i Item) String() string {
	what := short(i.Word)
	if i.Status != 0 {
		what = strconv.Itoa(i.Status)
	}
	return fmt.Sprintf("item %d: %s", i.Index, cmp.Or(strings.TrimSpace(what+" "+short(i.Code)), "failed"))
}

// longestWord is how much of a server's word a text quotes, in bytes.
const longestWord = 40

// short returns the printable beginning of a server's word.
func short(word string) string { return redact.Printable(word[:min(len(word), longestWord)]) }

// mostNamed is how many failed items a text names.
const mostNamed = 3

// describe counts the failed items and names the first ones.
func describe(items []Item, total int) string {
	var names []string
	for _, i := range items[:min(len(items), mostNamed)] {
		names = append(names, i.String())
	}
	if len(items) > mostNamed {
		names = append(names, "…")
	}
	return fmt.Sprintf("%d of %d items failed (%s)", len(items), total, strings.Join(names, ", "))
}

// AllRefused reports whether all items of a response with total items failed and none of them was
// processed: each has a status of 4xx or was throttled.
func AllRefused(items []Item, total int) bool {
	processed := func(i Item) bool { return i.Status/100 != 4 && !i.Throttled }
	return len(items) == total && !slices.ContainsFunc(items, processed)
}

package overlay

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/tree"
)

// shelf is a document to select from.
const shelf = `{
 "shop": {
  "books": [
   {"kind": "novel", "title": "A", "price": 8.95, "tags": ["x", "y"]},
   {"kind": "novel", "title": "B", "price": 12},
   {"kind": "poems", "title": "C", "isbn": "0-1", "price": 8.99, "sold": true},
   {"kind": "poems", "title": "D", "isbn": null}
  ],
  "x-lamp": {"price": 399, "o'clock": 1, "a\"b": 2, "ü": 3}
 },
 "limit": 10
}`

func TestJSONPath(t *testing.T) {
	n, found := tree.Parse("a.json", []byte(shelf))
	if len(found) > 0 {
		t.Fatal(found)
	}
	for path, want := range map[string]string{
		`$.limit`:                                                       `10`,
		`$['limit']`:                                                    `10`,
		`$["limit"]`:                                                    `10`,
		` $.limit `:                                                     `10`,
		`$.nothing`:                                                     ``,
		`$.limit.more`:                                                  ``,
		`$.shop.books[0].title`:                                         `"A"`,
		`$.shop.books[-1].title`:                                        `"D"`,
		`$.shop.books[4].title`:                                         ``,
		`$.shop.books[-5].title`:                                        ``,
		`$.shop.books[*].title`:                                         `"A" "B" "C" "D"`,
		`$.shop.books.*.title`:                                          `"A" "B" "C" "D"`,
		`$.shop.books[0,2].title`:                                       `"A" "C"`,
		`$.shop.books[0]['title','kind']`:                               `"A" "novel"`,
		`$.shop.books[1:3].title`:                                       `"B" "C"`,
		`$.shop.books[2:].title`:                                        `"C" "D"`,
		`$.shop.books[:2].title`:                                        `"A" "B"`,
		`$.shop.books[-2:].title`:                                       `"C" "D"`,
		`$.shop.books[::2].title`:                                       `"A" "C"`,
		`$.shop.books[::-1].title`:                                      `"D" "C" "B" "A"`,
		`$.shop.books[3:0:-2].title`:                                    `"D" "B"`,
		`$.shop.books[-9:9].title`:                                      `"A" "B" "C" "D"`,
		`$.shop.books[::0].title`:                                       ``,
		`$..price`:                                                      `8.95 12 8.99 399`,
		`$..books[0].title`:                                             `"A"`,
		`$..['isbn']`:                                                   `"0-1" null`,
		`$.shop.x-lamp['o\'clock']`:                                     `1`,
		`$.shop.x-lamp["a\"b"]`:                                         `2`,
		`$.shop.x-lamp.ü`:                                               `3`,
		`$.shop['x-lamp']['\u00fc']`:                                    `3`,
		`$.shop.books[?@.isbn].title`:                                   `"C" "D"`,
		`$.shop.books[?(@.isbn)].title`:                                 `"C" "D"`,
		`$.shop.books[?!@.isbn].title`:                                  `"A" "B"`,
		`$.shop.books[?@.price < 10].title`:                             `"A" "C"`,
		`$.shop.books[?@.price<$.limit].title`:                          `"A" "C"`,
		`$.shop.books[?@.price >= 12].title`:                            `"B"`,
		`$.shop.books[?@.price <= 8.95].title`:                          `"A"`,
		`$.shop.books[?@.price > 8.95].title`:                           `"B" "C"`,
		`$.shop.books[?@.kind == 'poems'].title`:                        `"C" "D"`,
		`$.shop.books[?@.kind != "poems"].title`:                        `"A" "B"`,
		`$.shop.books[?@.title > 'B'].title`:                            `"C" "D"`,
		`$.shop.books[?@.sold == true].title`:                           `"C"`,
		`$.shop.books[?@.isbn == null].title`:                           `"D"`,
		`$.shop.books[?@.sold == @.nothing].title`:                      `"A" "B" "D"`,
		`$.shop.books[?@.tags == $.shop.books[0].tags].title`:           `"A"`,
		`$.shop.books[?@.kind=='novel' && @.price>10].title`:            `"B"`,
		`$.shop.books[?@.title=='A' || @.title=='D'].title`:             `"A" "D"`,
		`$.shop.books[?@.title=='A' || @.title=='D' && @.no].title`:     `"A"`,
		`$.shop.books[?(@.title=='A' || @.title=='D') && @.isbn].title`: `"D"`,
		`$.shop.books[?match(@.isbn, '[0-9]-1')].title`:                 `"C"`,
		`$.shop.books[?match(@.isbn, '0')].title`:                       ``,
		`$.shop.books[?match(@.isbn, '(')].title`:                       ``, // RFC 9535: no value matches a bad pattern
		`$.shop.books[?search(@.isbn, '0')].title`:                      `"C"`,
		`$.shop.books[?length(@.tags) == 2].title`:                      `"A"`,
		`$.shop.books[?length(@.kind) == 5].title`:                      `"A" "B" "C" "D"`,
		`$.shop.books[?length(@.price) == 1].title`:                     ``,
		`$.shop.books[?count(@.*) == 4].title`:                          `"A"`,
		`$.shop.books[?@.price == 12.0].title`:                          `"B"`,
		`$.shop.books[?@.price == -1].title`:                            ``,
		`$.shop.books[?@['title'] == 'A'].price`:                        `8.95`,
	} {
		q, err := parsePath(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		hits, err := find(t.Context(), q, n)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, at := range hits {
			got = append(got, string(at.node.JSON()))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: got %s, want %s", path, text, want)
		}
	}
}

func TestJSONPath_Root(t *testing.T) {
	n, _ := tree.Parse("a.json", []byte(shelf))
	q, _ := parsePath("$")
	if hits, _ := find(t.Context(), q, n); len(hits) != 1 || hits[0].node != n || hits[0].parent != nil {
		t.Errorf("got %+v", hits)
	}
}

func TestJSONPath_Mistakes(t *testing.T) {
	for path, want := range map[string]string{
		``:                    "a path begins with $",
		`limit`:               "a path begins with $",
		`$limit`:              "unexpected identifier at position 1",
		`$.`:                  "unexpected eof at position 3",
		`$..`:                 "unexpected eof at position 4",
		`$[`:                  "unexpected eof at position 3",
		`$[limit]`:            "unexpected identifier at position 3",
		`$[1`:                 "unexpected eof at position 4",
		`$['a`:                "unterminated string literal at position 5",
		`$['\q']`:             "invalid escape after backslash at position 5",
		`$['\u12']`:           "invalid escape after backslash at position 6",
		`$[?]`:                "unexpected ']' at position 4",
		`$[?1]`:               "invalid comparison operator at position 5",
		`$[?@.a ==]`:          "unexpected ']' at position 10",
		`$[?(@.a]`:            "expected ')' but found ']' at position 8",
		`$[?match(@.a)]`:      "function match() expected 2 arguments but found 1 at position 9",
		`$[?match(@.a, b)]`:   "unexpected identifier at position 15",
		`$[?count(1) == 1]`:   "function count() cannot convert argument to Nodes at position 9",
		`$[?@.a == 1-]`:       "invalid number literal at position 12",
		`$[?length(@.a == 1]`: "unexpected '=' at position 15",
	} {
		if _, err := parsePath(path); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}

// The time that a path takes is bounded by its length times the size of the document, however many
// nodes it selects.
func TestJSONPath_ManyWildcards(t *testing.T) {
	text := strings.Repeat(`{"a":[1,`, 200) + "2" + strings.Repeat("]}", 200)
	n, found := tree.Parse("a.json", []byte(text))
	if len(found) > 0 {
		t.Fatal(found)
	}
	q, err := parsePath("$" + strings.Repeat("..*", 50))
	if err != nil {
		t.Fatal(err)
	}
	if hits, err := find(t.Context(), q, n); err != nil || len(hits) == 0 || len(hits) > 601 {
		t.Errorf("%d hits, %v", len(hits), err)
	}
}

func TestJSONPath_Canceled(t *testing.T) {
	n, _ := tree.Parse("a.json", []byte(shelf))
	q, _ := parsePath("$..*[?@..*]")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := find(ctx, q, n); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzJSONPath(f *testing.F) {
	n, _ := tree.Parse("a.json", []byte(shelf))
	for _, seed := range []string{`$..a[?@.b == 1 && !(@.c)].*`, `$[1:2:-1,'x',*]`, `$[?match(@.a,'b')||length(@)>1]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if q, err := parsePath(path); err == nil {
			_, _ = find(t.Context(), q, n)
		}
	})
}

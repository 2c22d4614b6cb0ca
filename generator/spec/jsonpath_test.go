package spec

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/tree"
)

// shelf is a document to select from; each row of the test names what stands at the selected places.
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
		`$.shop.books[?search(@.isbn, '0')].title`:                      `"C"`,
		`$.shop.books[?length(@.tags) == 2].title`:                      `"A"`,
		`$.shop.books[?length(@.kind) == 5].title`:                      `"A" "B" "C" "D"`,
		`$.shop.books[?length(@.price) == 1].title`:                     ``,
		`$.shop.books[?count(@.*) == 4].title`:                          `"A"`,
		`$.shop.books[?@.price == 12.0].title`:                          `"B"`,
		`$.shop.books[?@.price == -1].title`:                            ``,
		`$.shop.books[?@['title'] == 'A'].price`:                        `8.95`,
	} {
		q, bad := parsePath(path)
		if bad != "" {
			t.Errorf("%s: %s", path, bad)
			continue
		}
		var got []string
		for _, at := range q.find(n, n) {
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
	if hits := q.find(n, n); len(hits) != 1 || hits[0].node != n || hits[0].parent != nil {
		t.Errorf("got %+v", hits)
	}
}

func TestJSONPath_Mistakes(t *testing.T) {
	for path, want := range map[string]string{
		``:                    "a path begins with $",
		`limit`:               "a path begins with $",
		`$limit`:              "want a segment at character 2",
		`$.`:                  "want a name or * at character 3",
		`$..`:                 "want a name or * at character 4",
		`$[`:                  "want a name in quotes, a number, * or ? at character 3",
		`$[limit]`:            "want a name in quotes, a number, * or ? at character 3",
		`$[1`:                 "want , at character 4",
		`$['a`:                "want the closing quote at character 5",
		`$['\q']`:             "unknown escape at character 5",
		`$['\u12']`:           "unknown escape at character 5",
		`$[?]`:                "want a value at character 4",
		`$[?1]`:               "want a comparison at character 5",
		`$[?@.a ==]`:          "want a value at character 10",
		`$[?(@.a]`:            "want ) at character 8",
		`$[?match(@.a)]`:      "want , at character 13",
		`$[?match(@.a, b)]`:   "want a pattern in quotes at character 15",
		`$[?match(@.a, '(')]`: "want a regular expression at character 19",
		`$[?count(1) == 1]`:   "want a path at character 10",
		`$[?@.a == 1-]`:       "want a number at character 13",
		`$[?length(@.a == 1]`: "want ) at character 15",
	} {
		if _, bad := parsePath(path); bad != want {
			t.Errorf("%s: got %q, want %q", path, bad, want)
		}
	}
}

func FuzzJSONPath(f *testing.F) {
	n, _ := tree.Parse("a.json", []byte(shelf))
	for _, seed := range []string{`$..a[?@.b == 1 && !(@.c)].*`, `$[1:2:-1,'x',*]`, `$[?match(@.a,'b')||length(@)>1]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if q, bad := parsePath(path); bad == "" {
			q.find(n, n)
		}
	})
}

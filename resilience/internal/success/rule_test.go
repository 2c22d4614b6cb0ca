package success

import (
	"fmt"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

// Each case states outcome, note, failed items and total, whether something was throttled, and each
// item.
func TestRules_Apply(t *testing.T) {
	status := policy.Success{Items: "r", Status: "s.code", Error: "b.errors"}
	word := policy.Success{Items: "r", Status: "s", Fail: []string{"Bad"}, Error: "e"}
	rejects := policy.Success{Items: "out.rejected", Error: "error"}
	whole := policy.Success{Field: "status", Fail: []string{"INVALID", "0"}, Error: "issues", Errors: "errors"}
	throttled := []policy.Rule{
		{Code: policy.ErrorCode{In: []string{"Slow", "Quota"}}},
		{Code: policy.ErrorCode{Path: "e.Code", In: []string{"Late"}}},
		{Code: policy.ErrorCode{Path: "issues.1.code", In: []string{"Late"}}},
		{Status: []int{503}},
	}
	for _, c := range []struct {
		name string
		rule policy.Success
		data string
		want string
	}{
		{"no rule", policy.Success{Fail: []string{""}, Status: "s"}, `{"":""}`, "0 \"\" 0/0 false []"},
		{"no JSON", whole, `status INVALID`, "0 \"\" 0/0 false []"},
		{"a bare list", whole, `["INVALID"]`, "0 \"\" 0/0 false []"},
		{"another status", whole, `{"status":"ACCEPTED","issues":[{"code":"c"}],"errors":[]}`, "0 \"\" 0/0 false []"},
		{"a status that means failure", whole,
			`{"status":"INVALID","issues":[{"code":"c","message":"m"},{"message":"n"}]}`,
			`declared "status is INVALID" 2/0 false [{0 0  c m false} {1 0   n false}]`},
		{
			"a status that means failure, without issues",
			whole,
			`{"status":"INVALID"}`,
			`declared "status is INVALID" 0/0 false []`,
		},
		{"a number that means failure", whole, `{"status":0,"issues":{"code":"c"}}`,
			`declared "status is 0" 1/0 false [{0 0  c  false}]`},
		{"errors", whole, `{"payload":{},"errors":[{"code":"NotFound","message":"m"}]}`,
			`declared "errors holds 1 entries" 1/0 false [{0 0  NotFound m false}]`},
		{
			"errors that are texts",
			whole,
			`{"errors":["x"]}`,
			`declared "errors holds 1 entries" 1/0 false [{0 0   x false}]`,
		},
		{"errors that are not a list", whole, `{"errors":"x"}`, "0 \"\" 0/0 false []"},
		{"an error that means throttling", whole, `{"errors":[{"code":"a"},{"code":"Quota"}]}`,
			`throttled "errors holds 2 entries" 2/0 true [{0 0  a  false} {1 0  Quota  true}]`},
		{"errors alone", policy.Success{Errors: "errors"}, `{"errors":[{"code":"a"}]}`,
			`declared "errors holds 1 entries" 1/0 false [{0 0  a  false}]`},
		{"items that are not a list", status, `{"r":{}}`, "0 \"\" 0/0 false []"},
		{"no items", status, `{"r":[]}`, "0 \"\" 0/0 false []"},
		{"good items", status, `{"r":[{"s":{"code":200}},{"s":{"code":299},"b":{"errors":[]}},{}]}`,
			"0 \"\" 0/3 false []"},
		{"statuses", status, `{"r":[{"s":{"code":199}},{"s":{"code":300}},{"s":{"code":"404"},` +
			`"b":{"errors":[{"code":"NotFound","message":"m"},{"code":"x"}]}}]}`,
			`items "3 of 3 items failed (item 0: 199, item 1: 300, item 2: 404 NotFound)" 3/3 false [{0 199    ` +
				`false} {1 300    false} {2 404  NotFound m false}]`},
		{"errors of a good status", status,
			`{"r":[{"s":{"code":200},"b":{"errors":[{"errorType":"t","errorSubType":"u"}]}}]}`,
			`items "1 of 1 items failed (item 0: 200 t)" 1/1 false [{0 200  t u false}]`},
		{"some throttled", status, `{"r":[{"s":{"code":429}},{"s":{"code":200}}]}`,
			`some "1 of 2 items failed (item 0: 429)" 1/2 true [{0 429    true}]`},
		{"all throttled", status, `{"r":[{"s":{"code":429}},{"s":{"code":429}}]}`,
			`all "2 of 2 items failed (item 0: 429, item 1: 429)" 2/2 true [{0 429    true} {1 429    true}]`},
		{"all failed, some throttled", status, `{"r":[{"s":{"code":429}},{"s":{"code":400}}]}`,
			`some "2 of 2 items failed (item 0: 429, item 1: 400)" 2/2 true [{0 429    true} {1 400    false}]`},
		{"words", word, `{"r":[{"s":"Good"},{"s":"Bad"},{"s":"Slow"},{"s":"Bad","e":{"Code":"Slow","Message":"m"}}]}`,
			`some "3 of 4 items failed (item 1: Bad, item 2: Slow, item 3: Bad Slow)" 3/4 true [{1 0 Bad   false} ` +
				`{2 0 Slow   true} {3 0 Bad Slow m true}]`},
		{"paths of codes begin at the item", word, `{"r":[{"s":"Bad","e":{"Code":"Late"}},{"s":"Bad","e":{"Code":"Early"}}]}`,
			`some "2 of 2 items failed (item 0: Bad Late, item 1: Bad Early)" 2/2 true [{0 0 Bad Late  true} ` +
				`{1 0 Bad Early  false}]`},
		{"a code in a good item", word, `{"r":[{"s":"Good","e":{}},{"s":"Slow"}]}`,
			`some "1 of 2 items failed (item 1: Slow)" 1/2 true [{1 0 Slow   true}]`},
		{"a field that means failure, and throttling", whole, `{"status":"INVALID","issues":[{"code":"Quota"}]}`,
			`throttled "status is INVALID" 1/0 true [{0 0  Quota  true}]`},
		{"a path in a response that is a failure", whole,
			`{"status":"INVALID","issues":[{"code":"a"},{"code":"Late"}]}`,
			`throttled "status is INVALID" 2/0 true [{0 0  a  false} {1 0  Late  false}]`},
		{"a code of a response that is a failure", whole, `{"status":"INVALID","code":"Quota"}`,
			`throttled "status is INVALID" 0/0 true []`},
		{"a status by rule", status, `{"r":[{"s":{"code":503}},{"s":{"code":502}}]}`,
			`some "2 of 2 items failed (item 0: 503, item 1: 502)" 2/2 true [{0 503    true} {1 502    false}]`},
		{"errors with empty members", rejects,
			`{"out":{"rejected":[{"error":{"code":"","message":"","detail":[]}},{"error":{"inner":{"code":""},` +
				`"more":null}}]}}`,
			"0 \"\" 0/2 false []"},
		{"errors with one member", rejects,
			`{"out":{"rejected":[{"error":{"code":"","detail":["d"]}},{"error":{"inner":{"code":"c"}}},` +
				`{"error":{"n":0}},{"error":{"message":"m"}}]}}`,
			`items "4 of 4 items failed (item 0: failed, item 1: failed, item 2: failed, …)" 4/4 false [{0 0    ` +
				`false} {1 0    false} {2 0    false} {3 0   m false}]`},
		{"errors without statuses", rejects,
			`{"out":{"rejected":[{"id":1,"error":{"code":"c","details":"d"}},{"id":2,"error":{}},{"error":"gone"},` +
				`{"error":""},{"error":[]},{"error":true},{"error":null}]}}`,
			`items "3 of 7 items failed (item 0: c, item 2: failed, item 5: failed)" 3/7 false [{0 0  c d false} ` +
				`{2 0   gone false} {5 0   true false}]`},
		{"more items than the note names", status,
			`{"r":[{"s":{"code":400}},{"s":{"code":400}},{"s":{"code":400}},{"s":{"code":400}}]}`,
			`items "4 of 4 items failed (item 0: 400, item 1: 400, item 2: 400, …)" 4/4 false [{0 400    false} ` +
				`{1 400    false} {2 400    false} {3 400    false}]`},
		{"a root array", policy.Success{Items: ".", Status: "s"}, `[{"s":400}]`,
			`items "1 of 1 items failed (item 0: 400)" 1/1 false [{0 400    false}]`},
		{"names with dots", policy.Success{Field: "meta.status", Fail: []string{"BAD"}, Error: "meta.issues.first"},
			`{"meta.status":"BAD","meta":{"status":"GOOD","issues.first":{"code":"c"}}}`,
			`declared "meta.status is BAD" 1/0 false [{0 0  c  false}]`},
		{"items with names with dots", policy.Success{Items: "batch.results", Status: "s.code", Error: "e.list.1"},
			`{"batch.results":[{"s.code":504},{"s":{"code":404},"e.list":[{"code":"a"},{"code":"b"}]}]}`,
			`items "2 of 2 items failed (item 0: 504, item 1: 404 b)" 2/2 false [{0 504    false} {1 404  b  false}]`},
		{"indexes", policy.Success{Field: "results.1.status", Fail: []string{"BAD"}, Error: "results.0.errors"},
			`{"results":[{"status":"GOOD","errors":[{"code":"c"}]},{"status":"BAD"}]}`,
			`declared "results.1.status is BAD" 1/0 false [{0 0  c  false}]`},
		{"an index without an element", policy.Success{Field: "results.2.status", Fail: []string{"BAD"}},
			`{"results":[{"status":"BAD"},{"status":"BAD"}]}`, "0 \"\" 0/0 false []"},
		{"a malformed path", policy.Success{Field: "a..b", Fail: []string{"BAD"}}, `{"a":{"":{"b":"BAD"}}}`,
			"0 \"\" 0/0 false []"},
	} {
		r := Rules{Success: &c.rule, Throttled: throttled}.Apply(200, []byte(c.data))
		names := []string{Succeeded: "0", Failed: "declared", Throttled: "throttled", SomeFailed: "items",
			SomeThrottled: "some", AllThrottled: "all"}
		var items []string
		for _, i := range r.Items {
			items = append(items, fmt.Sprintf("{%d %d %s %s %s %t}", i.Index, i.Status, i.Word, i.Code, i.Message,
				i.Throttled))
		}
		if got := fmt.Sprintf("%s %q %d/%d %t %v", names[r.Outcome], r.Note, len(items), r.Total, r.Throttled,
			items); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

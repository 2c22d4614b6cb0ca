package edrtest

// This file refuses requests that no client is known to send.

import (
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// A check reports whether a member has the required form.
type check func(raw json.RawMessage) bool

// bodies lists the members of each operation's body. All are required; no others are allowed.
var bodies = map[string]map[string]check{
	SubmitPassword:  {"username": text, "password": text, "language": exactly("en")},
	RequestMfaCode:  {"type": exactly("SMS_OTP"), "credid": text},
	ValidateMfaCode: {"type": exactly("SMS_OTP"), "credid": text, "code": matching(`^\d{6}$`), "failureCount": zero},
	BrowseEventData: {
		"itemNbr": orNull(
			whole,
		), "vendorNbr": orNull(whole), "startDate": date, "endDate": date, "billType": orNull(text),
		"eventType": list(eventType),
		"userId":    orNull(text), "primItem": orNull(whole), "storeNbr": matching(`^\d{4}$`), "deptNbr": orNull(whole),
	},
	GetDailyScheduleReport: {
		"startDate": date, "endDate": date, "eventType": list(eventType), "clubList": list(club),
		"walmartWeekYear": anyText,
	},
	UpdateClubEvent: {
		"action":          exactly("update"),
		"eventId":         whole,
		"eventStatusCode": whole,
		"userId":          text,
		"clubId":          whole,
		"scheduledDate":   date,
	},
}

// queries lists the parameters of each operation, each required once.
var queries = map[string]map[string]*regexp.Regexp{
	RegisterPageAccess: {
		"pageId": regexp.MustCompile(
			`^6$`,
		), "pageSubId": regexp.MustCompile(`^w6040$`), "pageSubDesc": regexp.MustCompile(`^Event Management System$`),
	},
	GetEdrReport: {"id": regexp.MustCompile(`^\d+$`)},
}

// sessionCookies may occur at most once in a request.
var sessionCookies = []string{"RETAILLINKSESSION", "RLSESSION", "_auth", "_refreshAuth", tokenCookie}

// refuse returns why a request is refused, or "".
func refuse(q request) string {
	for _, name := range sessionCookies {
		if n := len(q.CookiesNamed(name)); n > 1 {
			return "cookie " + name + " " + strconv.Itoa(n) + " times"
		}
	}
	if why := refuseQuery(q); why != "" {
		return why
	}
	members, ok := bodies[q.operation]
	if !ok {
		if len(q.body) > 0 {
			return "a body"
		}
		return ""
	}
	return refuseBody(q.Request, q.body, members)
}

func refuseQuery(q request) string {
	want, got := queries[q.operation], q.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if len(got[name]) != 1 || !want[name].MatchString(got[name][0]) {
			return "parameter " + name
		}
	}
	if len(got) != len(want) {
		return "another parameter"
	}
	return ""
}

func refuseBody(r *http.Request, body []byte, members map[string]check) string {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return "content type"
	}
	var got map[string]json.RawMessage
	if json.Unmarshal(body, &got) != nil {
		return "not a JSON object"
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		raw, ok := got[name]
		switch {
		case !ok:
			return "member " + name + " is missing"
		case !members[name](raw):
			return "member " + name
		}
	}
	if len(got) != len(members) {
		return "another member"
	}
	return ""
}

func decode[T any](raw json.RawMessage) (T, bool) {
	var v T
	if string(raw) == "null" {
		return v, false
	}
	return v, json.Unmarshal(raw, &v) == nil
}

func anyText(raw json.RawMessage) bool { _, ok := decode[string](raw); return ok }

func text(raw json.RawMessage) bool { s, ok := decode[string](raw); return ok && s != "" }

func whole(raw json.RawMessage) bool { _, ok := decode[int64](raw); return ok }

func zero(raw json.RawMessage) bool { n, ok := decode[int64](raw); return ok && n == 0 }

func exactly(word string) check {
	return func(raw json.RawMessage) bool { s, ok := decode[string](raw); return ok && s == word }
}

func matching(pattern string) check {
	form := regexp.MustCompile(pattern)
	return func(raw json.RawMessage) bool { s, ok := decode[string](raw); return ok && form.MatchString(s) }
}

func date(raw json.RawMessage) bool {
	s, ok := decode[string](raw)
	if !ok {
		return false
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func orNull(c check) check {
	return func(raw json.RawMessage) bool { return string(raw) == "null" || c(raw) }
}

func list(c check) check {
	return func(raw json.RawMessage) bool {
		items, ok := decode[[]json.RawMessage](raw)
		return ok && len(items) > 0 && !slices.ContainsFunc(items, func(item json.RawMessage) bool { return !c(item) })
	}
}

// eventType also accepts 2, which some clients send although it does not exist.
func eventType(raw json.RawMessage) bool { n, ok := decode[int64](raw); return ok && n >= 1 && n <= 57 }

func club(raw json.RawMessage) bool {
	if whole(raw) {
		return true
	}
	s, ok := decode[string](raw)
	_, err := strconv.Atoi(s)
	return ok && err == nil
}

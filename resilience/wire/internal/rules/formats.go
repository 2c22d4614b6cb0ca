package rules

// This file has the formats of strings and integers that are checked. All others, such as password,
// say nothing about which values are valid.

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// formats are the checked formats of strings.
var formats = map[string]func(string) bool{
	"date": isDate, "date-time": isDateTime, "time": isTime, "duration": isDuration,
	"email": isEmail, "hostname": isHostname, "ipv4": isIPv4, "ipv6": isIPv6,
	"uri": isURI, "uri-reference": isReference, "uuid": isUUID, "json-pointer": isPointer,
	"byte": isBase64,
}

// integerFormats are the checked formats of integers, with their smallest and largest value.
var integerFormats = map[string][2]string{
	"int32": {"-2147483648", "2147483647"}, "int64": {"-9223372036854775808", "9223372036854775807"},
}

// A lazy pattern is compiled when it is first used. Programs without rules do not link package
// regexp then.
type lazy struct {
	text    string
	once    sync.Once
	pattern *regexp.Regexp
}

func (l *lazy) compiled() *regexp.Regexp {
	l.once.Do(func() { l.pattern = regexp.MustCompile(l.text) })
	return l.pattern
}

// isDate reports whether s is a full-date of RFC 3339.
func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// isDateTime reports whether s is a date-time of RFC 3339.
func isDateTime(s string) bool {
	const date = len(time.DateOnly)
	return len(s) > date && isDate(s[:date]) && (s[date] == 'T' || s[date] == 't') && isTime(s[date+1:])
}

var timePattern = lazy{
	text: `^([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`,
}

// isTime reports whether s is a full-time of RFC 3339. A leap second is the last of a day in UTC.
func isTime(s string) bool {
	m := timePattern.compiled().FindStringSubmatch(s)
	if m == nil || m[3] != "60" {
		return m != nil
	}
	t, err := time.Parse("15:04Z07:00", m[1]+":"+m[2]+strings.ToUpper(m[5]))
	return err == nil && t.UTC().Format("15:04") == "23:59"
}

var durationPattern = lazy{
	text: `^P(\d+W|(\d+Y(\d+M(\d+D)?)?|\d+M(\d+D)?|\d+D)?(T(\d+H(\d+M(\d+S)?)?|\d+M(\d+S)?|\d+S))?)$`,
}

// isDuration reports whether s is a duration of RFC 3339, appendix A.
func isDuration(s string) bool { return s != "P" && durationPattern.compiled().MatchString(s) }

var localPattern = lazy{
	text: "^([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*|\"([^\"\\\\\\r\\n]|\\\\.)*\")$",
}

// isEmail reports whether s is a mailbox of RFC 5321.
func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 0 || at > 64 || len(s) > 254 || !localPattern.compiled().MatchString(s[:at]) {
		return false
	}
	domain := s[at+1:]
	if literal, ok := strings.CutPrefix(domain, "["); ok && strings.HasSuffix(literal, "]") {
		address := strings.TrimSuffix(literal, "]")
		six, ok := strings.CutPrefix(address, "IPv6:")
		return ok && isIPv6(six) || isIPv4(address)
	}
	return isHostname(domain)
}

var hostPattern = lazy{
	text: `^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`,
}

// isHostname reports whether s is the name of a host (RFC 1123).
func isHostname(s string) bool { return len(s) <= 253 && hostPattern.compiled().MatchString(s) }

func isIPv4(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is4()
}

func isIPv6(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6() && a.Zone() == ""
}

// isReference reports whether s is a URI reference of RFC 3986. Letters outside of ASCII are
// allowed, because servers accept them.
func isReference(s string) bool {
	if strings.ContainsAny(s, " \"<>\\^`{|}") {
		return false
	}
	_, err := url.Parse(s)
	return err == nil
}

// isURI reports whether s is a URI reference with a scheme.
func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && isReference(s)
}

var uuidPattern = lazy{text: `^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`}

func isUUID(s string) bool { return uuidPattern.compiled().MatchString(s) }

var pointerPattern = lazy{text: `^(/([^/~]|~[01])*)*$`}

// isPointer reports whether s is a JSON pointer of RFC 6901.
func isPointer(s string) bool { return pointerPattern.compiled().MatchString(s) }

var base64Pattern = lazy{text: `^[A-Za-z0-9+/_-]*={0,2}$`}

// isBase64 reports whether s is Base64 in either alphabet of RFC 4648.
func isBase64(s string) bool { return base64Pattern.compiled().MatchString(s) }

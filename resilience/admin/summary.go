package admin

import (
	"encoding/json"
	"hash/fnv"
	"strconv"
	"time"
)

// A summary is what an event says.
type summary struct {
	text    []byte
	version string // of all that the page shows, except for the time
	closed  bool
}

// summaryOf returns the summary of a status.
func summaryOf(s Status) summary {
	type api struct {
		Name   string `json:"name"`
		Status State  `json:"status"`
	}
	body := struct {
		Version string    `json:"version"`
		Status  State     `json:"status"`
		At      time.Time `json:"at"`
		APIs    []api     `json:"apis"`
	}{versionOf(s), s.Status, s.At, []api{}}
	for _, a := range s.APIs {
		body.APIs = append(body.APIs, api{a.Name, a.Status})
	}
	text, _ := json.Marshal(body) // always encodes
	return summary{text, body.Version, s.Closed}
}

// versionOf returns a text that differs if anything but the time of a status does.
func versionOf(s Status) string {
	s.At = time.Time{}
	h := fnv.New64a()
	out := json.NewEncoder(h)
	_ = out.Encode(s) // always encodes
	for i := range s.APIs {
		_ = out.Encode(s.APIs[i].Accounts.degraded) // also those on other pages
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

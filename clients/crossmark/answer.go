package crossmark

import (
	"bytes"
	"encoding/json"
)

// Names of members that may hold a booking's id, and of objects that may wrap it.
var (
	eventIDNames = []string{
		"scheduleEventID",
		"id",
		"scheduledEventId",
		"ID",
		"eventId",
		"schedule_event_id",
		"scheduleId",
		"ScheduleEventID",
	}
	wrappers = []string{"data", "result", "response"}
)

// readAnswer finds a booking's id in a response whose form is not fixed: at the top, in a wrapper
// or in the first element of a list. refused is true if the response itself says that nothing was
// booked.
func readAnswer(data []byte) (id string, refused bool) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", false
	}
	return search(v)
}

func search(v any) (id string, refused bool) {
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			return search(v[0])
		}
	case map[string]any:
		if v["success"] == false || v["error"] == true {
			return "", true
		}
		for _, name := range eventIDNames {
			if id := scalar(v[name]); id != "" {
				return id, false
			}
		}
		for _, name := range wrappers {
			if id, refused := search(v[name]); id != "" || refused {
				return id, refused
			}
		}
	}
	return "", false
}

// scalar returns a string or number as text; 0 counts as absent.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return known(v)
	case json.Number:
		return known(v.String())
	}
	return ""
}

package crossmark_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/crossmark"
)

// Members with several names are read under each of them.
func TestPlan_Twins(t *testing.T) {
	read := func(text string) crossmark.Plan {
		var p crossmark.Plan
		if err := json.Unmarshal([]byte(text), &p.Raw); err != nil {
			t.Fatal(err)
		}
		return p
	}
	show := func(p crossmark.Plan) string {
		start, errStart := p.Start()
		due, errDue := p.Due()
		at, errAt := p.Scheduled()
		if err := errors.Join(errStart, errDue, errAt); err != nil {
			t.Error(err)
		}
		return fmt.Sprintf(
			"%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%d|%s|%s|%t",
			p.ID(),
			p.Name(),
			p.Condition(),
			start,
			due,
			at,
			p.LocationID(),
			p.StoreName(),
			p.StoreNumber(),
			strings.Join(p.Reps(), "+"),
			p.RepID(),
			p.EventID(),
			p.Minutes(),
			p.EventType(),
			strings.Join(p.SalesTools(), "+"),
			p.Booked(),
		)
	}
	for text, want := range map[string]string{
		`{}`: "||Unstaffed||||||||||0|||false",
		`{"mPlanID":"12","name":"a","condition":"Scheduled","startDate":"01/02/2026","endDate":"01/03/2026",` +
			`"scheduleDate":"01/02/2026 09:00:00 AM","storeID":"7","storeName":"s","storeNumber":"44",` +
			`"staffedReps":"A B, C D,","scheduleRepID":"9","scheduleEventID":"10","EstimatedTime":"90",` +
			`"eventType":"e","salesTools":[{"salesToolURL":"u"},{},{"salesToolURL":"v"}]}`: "12|a|Scheduled|" +
			"01/02/2026|01/03/2026|" +
			"01/02/2026 09:00:00 AM|7|s|44|A B+C D|9|10|90|e|u+v|true",
		`{"mPlanID":12,"mPlanName":"a","condition":"","mPlanStartDate":"01/02/2026","mPlanDueDate":"01/03/2026",` +
			`"scheduleDate":"","LocationMVID":7,"LocationName":"s","storeNumber":44,"scheduleRepID":9,` +
			`"scheduleEventID":10,"estimatedTime":89.5,"event_type":"e"}`: "12|a|Unstaffed|" +
			"01/02/2026|01/03/2026||7|s|44||9|10|90|e||true",
		`{"name":"","mPlanName":"a","startDate":"","mPlanStartDate":"01/02/2026","mPlanEndDate":"01/03/2026",` +
			`"scheduleDate":null,"locationMVID":"7","scheduleEventID":null,"scheduleRepID":"0","EstimatedTime":"",` +
			`"estimatedMinutes":"30"}`: "|a|Unstaffed|01/02/2026|01/03/2026||7|||||" + "|30|||false",
		`{"condition":"Staffed","scheduleEventID":"0","duration":45,"EstimatedTime":"unknown","estimatedTime":0,` +
			`"estimatedMinutes":-5}`: "||Staffed|||||||||" + "|45|||true",
		`{"condition":"Expired","scheduleEventID":"11"}`: "||Expired|||||||||11|0|||true",
	} {
		if got := show(read(text)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

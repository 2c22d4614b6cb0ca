package crossmark

import (
	"errors"
	"math"
	"strings"

	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience/wire"
)

// A Plan is a work item (mPlan). Its methods read members that have two or more names under any of
// them. Absent, null and empty members are the zero value of their type; invalid dates and times
// are errors.
type Plan struct{ Raw api.MPlan }

// ID returns the item's id of 8 or 12 digits.
func (p Plan) ID() string { return first(p.Raw.MPlanID) }

// Name returns the description of the work. It may be truncated at about 100 characters.
func (p Plan) Name() string { return firstText(p.Raw.Name, p.Raw.MPlanName) }

// Condition returns the state, Unstaffed if the row has none.
func (p Plan) Condition() api.MPlanCondition {
	if p.Raw.Condition == nil || *p.Raw.Condition == "" {
		return api.MPlanConditionUnstaffed
	}
	return *p.Raw.Condition
}

// Start returns the first day on which the work can be done.
func (p Plan) Start() (Date, error) {
	return ParseDate(firstText(p.Raw.StartDate, p.Raw.MPlanStartDate))
}

// Due returns the last day on which the work can be done.
func (p Plan) Due() (Date, error) {
	return ParseDate(firstText(p.Raw.EndDate, p.Raw.MPlanDueDate, p.Raw.MPlanEndDate))
}

// Scheduled returns the scheduled local time of the store.
func (p Plan) Scheduled() (LocalTime, error) { return ParseLocalTime(p.Raw.ScheduleDate.Or("")) }

// LocationID returns the location id for scheduling.
func (p Plan) LocationID() string {
	return first(p.Raw.StoreID, p.Raw.LocationMVID, p.Raw.LowerLocationMVID)
}

// StoreName returns the store's name.
func (p Plan) StoreName() string { return firstText(p.Raw.StoreName, p.Raw.LocationName) }

// StoreNumber returns the store's number.
func (p Plan) StoreNumber() string { return nullableText(p.Raw.StoreNumber) }

// Reps returns the names of the representatives, which are personal data.
func (p Plan) Reps() (names []string) {
	for name := range strings.SplitSeq(firstText(p.Raw.StaffedReps), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// RepID returns the id of the scheduled representative.
func (p Plan) RepID() string { return known(first(p.Raw.ScheduleRepID)) }

// EventID returns the id of the booking for [Client.Unschedule].
func (p Plan) EventID() string { return known(nullableText(p.Raw.ScheduleEventID)) }

// Booked reports whether the item has a booking, according to its id or its condition.
func (p Plan) Booked() bool {
	return p.EventID() != "" || p.Condition() == api.MPlanConditionScheduled ||
		p.Condition() == api.MPlanConditionStaffed
}

// Minutes returns the duration of the work, rounded up, or 0 if the row has none, like most rows.
func (p Plan) Minutes() int {
	return minutes(p.Raw.EstimatedTime, p.Raw.LowerEstimatedTime, p.Raw.EstimatedMinutes, p.Raw.Duration)
}

// EventType returns the kind of work.
func (p Plan) EventType() string { return firstText(p.Raw.EventType, p.Raw.SnakeEventType) }

// SalesTools returns the URLs of the documents for the work. They require the session.
func (p Plan) SalesTools() (urls []string) {
	for _, tool := range p.Raw.SalesTools {
		if u := firstText(tool.SalesToolURL); u != "" {
			urls = append(urls, u)
		}
	}
	return urls
}

// A Visit is a row of a scheduling list with the duration of the work on an item.
type Visit struct{ Raw api.Visit }

// PlanID returns the id of the work item.
func (v Visit) PlanID() string { return first(v.Raw.MPlanID, v.Raw.LowerMPlanID, v.Raw.ID) }

// Minutes returns the duration of the work, rounded up, or 0 if the row has none.
func (v Visit) Minutes() int { return minutes(v.Raw.EstimatedTime, v.Raw.LowerEstimatedTime) }

// errForm is returned for a response without rows under any known name. Treating it as empty could
// lose rows.
var errForm = errors.New("the response has no rows under any known name")

// rows returns the rows of a list under either of their names. A response without rows must have a
// total of 0.
func rows(list *api.MPlanList) ([]api.MPlan, error) {
	switch {
	case list == nil:
		return nil, errForm
	case len(list.Mplans) > 0:
		return list.Mplans, nil
	case list.Mplans == nil && list.Records == nil && (list.Total == nil || *list.Total != 0):
		return nil, errForm
	}
	return list.Records, nil
}

// visitRows returns the rows of a response, either the top-level list or under one of three names.
func visitRows(v *api.Visits) ([]api.Visit, error) {
	switch {
	case v == nil:
		return nil, errForm
	case isList(v.Union):
		return v.AsVisitList()
	}
	w, err := v.AsVisitWrapper()
	if err != nil {
		return nil, err
	}
	named := false
	for _, list := range [][]api.Visit{w.Events, w.Visits, w.Records} {
		if len(list) > 0 {
			return list, nil
		}
		named = named || list != nil
	}
	if !named {
		return nil, errForm
	}
	return nil, nil
}

// first returns the first id that is present.
func first(twins ...*wire.Scalar) string {
	for _, t := range twins {
		if t != nil && t.String() != "" {
			return t.String()
		}
	}
	return ""
}

func firstText(twins ...*string) string {
	for _, t := range twins {
		if t != nil && *t != "" {
			return *t
		}
	}
	return ""
}

func nullableText(n wire.Nullable[wire.Scalar]) string {
	s, _ := n.Get()
	return s.String()
}

// known returns "" for the id 0, with which some servers mean none.
func known(id string) string {
	if id == "0" {
		return ""
	}
	return id
}

func minutes(twins ...*wire.Scalar) int {
	for _, t := range twins {
		if t == nil {
			continue
		}
		if m, err := t.Float64(); err == nil && m > 0 && m < math.MaxInt32 {
			return int(math.Ceil(m))
		}
	}
	return 0
}

package crossmark

import (
	"errors"
	"math"
	"strings"

	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience/wire"
)

// A Plan is a work item (mPlan): one row of the application, and what it says whichever of two or
// more names it uses for a member. Members that are absent, null or empty are the zero value of
// their type; dates and times that cannot be read are errors.
type Plan struct{ Raw api.MPlan }

// ID returns the item's id, 8 or 12 digits.
func (p Plan) ID() string { return first(p.Raw.MPlanID) }

// Name returns what is to be done. It may be cut at about 100 characters.
func (p Plan) Name() string { return firstText(p.Raw.Name, p.Raw.MPlanName) }

// Condition returns the state: Unstaffed if the row does not say.
func (p Plan) Condition() api.MPlanCondition {
	if p.Raw.Condition == nil || *p.Raw.Condition == "" {
		return api.MPlanConditionUnstaffed
	}
	return *p.Raw.Condition
}

// Start returns the first day on which the work may be done.
func (p Plan) Start() (Date, error) {
	return ParseDate(firstText(p.Raw.StartDate, p.Raw.MPlanStartDate))
}

// Due returns the last day on which the work may be done.
func (p Plan) Due() (Date, error) {
	return ParseDate(firstText(p.Raw.EndDate, p.Raw.MPlanDueDate, p.Raw.MPlanEndDate))
}

// Scheduled returns when the work is scheduled, by the clocks of the store.
func (p Plan) Scheduled() (LocalTime, error) { return ParseLocalTime(p.Raw.ScheduleDate.Or("")) }

// LocationID returns the location, as scheduling wants it.
func (p Plan) LocationID() string {
	return first(p.Raw.StoreID, p.Raw.LocationMVID, p.Raw.LowerLocationMVID)
}

// StoreName returns the store's name.
func (p Plan) StoreName() string { return firstText(p.Raw.StoreName, p.Raw.LocationName) }

// StoreNumber returns the store's number.
func (p Plan) StoreNumber() string { return nullableText(p.Raw.StoreNumber) }

// Reps returns the names of the representatives. They are personal.
func (p Plan) Reps() (names []string) {
	for name := range strings.SplitSeq(firstText(p.Raw.StaffedReps), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// RepID returns the id of the representative who is scheduled.
func (p Plan) RepID() string { return known(first(p.Raw.ScheduleRepID)) }

// EventID returns the id of the booking, as [Client.Unschedule] wants it.
func (p Plan) EventID() string { return known(nullableText(p.Raw.ScheduleEventID)) }

// Booked reports whether there is a booking: its id is there, or the condition says so.
func (p Plan) Booked() bool {
	return p.EventID() != "" || p.Condition() == api.MPlanConditionScheduled ||
		p.Condition() == api.MPlanConditionStaffed
}

// Minutes returns how long the work takes, rounded up; 0 if the row does not say, as most rows do.
func (p Plan) Minutes() int {
	return minutes(p.Raw.EstimatedTime, p.Raw.LowerEstimatedTime, p.Raw.EstimatedMinutes, p.Raw.Duration)
}

// EventType returns the kind of work.
func (p Plan) EventType() string { return firstText(p.Raw.EventType, p.Raw.SnakeEventType) }

// SalesTools returns the URLs of the documents for the work. They are fetched with the session.
func (p Plan) SalesTools() (urls []string) {
	for _, tool := range p.Raw.SalesTools {
		if u := firstText(tool.SalesToolURL); u != "" {
			urls = append(urls, u)
		}
	}
	return urls
}

// A Visit is one row of the scheduling side: how long the work on an item takes.
type Visit struct{ Raw api.Visit }

// PlanID returns the work item.
func (v Visit) PlanID() string { return first(v.Raw.MPlanID, v.Raw.LowerMPlanID, v.Raw.ID) }

// Minutes returns how long the work takes, rounded up; 0 if the row does not say.
func (v Visit) Minutes() int { return minutes(v.Raw.EstimatedTime, v.Raw.LowerEstimatedTime) }

// errForm is for an answer that has its rows nowhere: to take it for an empty one would be to lose
// them.
var errForm = errors.New("the answer has rows under none of the names that have been seen")

// rows returns the rows of a list under either of their names. An answer may do without them if it
// says that there are none.
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

// visitRows returns the rows of an answer, bare or under one of three names.
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

// first returns the first id that is there.
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

// known drops the id 0, which is how some servers write that there is none.
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

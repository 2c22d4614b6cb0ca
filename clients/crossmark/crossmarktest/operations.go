package crossmarktest

// This file holds the table of operations: how each is called, the required form of its request,
// and its handler.

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// An operation is an operation of the server.
type operation struct {
	id      string
	open    bool                              // requires no session
	refusal int                               // status for a malformed request; 0: 400
	check   func(*call) string                // returns what is wrong with the request, or ""
	work    func(s *Server, c *call) response // called with the lock held
}

// route returns the operation of a request.
func route(r *http.Request) operation {
	key := r.Method + " " + r.URL.Path
	if strings.HasPrefix(key, "GET /i18n/") && strings.HasSuffix(key, ".json") {
		key = "GET /i18n/{language}.json"
	}
	if op, found := operations[key]; found {
		return op
	}
	return operation{
		id:    key,
		open:  true,
		check: anything,
		work:  func(*Server, *call) response { return page(http.StatusNotFound, "not found") },
	}
}

// operations lists the documented operations and the targets of links.
var operations = map[string]operation{
	"POST /login/authenticate": {login, true, 0, checkLogin, (*Server).signIn},
	"GET /logout":              {"logout", false, 0, anything, (*Server).logout},
	"POST /login/recover": {
		"recoverAccount",
		true,
		0,
		hasEmail,
		fixed(map[string]any{}),
	},
	"POST /users/getUserInfo": {"getUserInfo", false, 0, noBody, (*Server).userInfo},
	"GET /planningextcontroller/getPlanningMplans": {
		"getPlanningMplans",
		false,
		500,
		checkSearch,
		(*Server).listPlans,
	},
	"GET /planningextcontroller/getQualifiedRepsForScheduling": {
		"getQualifiedRepsForScheduling",
		false,
		0,
		hasPlanAndStore,
		(*Server).qualified,
	},
	"POST /planningextcontroller/scheduleMplanEvent": {
		"scheduleMplanEvent",
		false,
		0,
		checkBooking,
		(*Server).book,
	},
	"POST /planningextcontroller/deleteScheduledMplanEvent": {
		"deleteScheduledMplanEvent",
		false,
		0,
		checkUnbooking,
		(*Server).unbook,
	},
	"POST /planningextcontroller/bulkPrintMplanLocations": {
		"bulkPrintMplanLocations",
		false,
		0,
		checkPrint,
		(*Server).print,
	},
	"POST /schedulingcontroller/getAvailableReps": {
		"getAvailableReps",
		false,
		0,
		checkAvailable,
		(*Server).available,
	},
	"POST /schedulingcontroller/getScheduledEvents": {
		"getScheduledEvents",
		false,
		0,
		checkScheduled,
		(*Server).scheduled,
	},
	"POST /schedulingcontroller/getNonScheduledVisits": {
		"getNonScheduledVisits",
		false,
		0,
		checkNonScheduled,
		(*Server).nonScheduled,
	},
	"POST /users/getUserLocale": {"getUserLocale", false, 0, noBody, fixed(locale)},
	"GET /users/getUserLocale": {
		"getUserLocaleByGet",
		false,
		0,
		anything,
		fixed(locale),
	},
	"POST /miscextcontroller/getClientLogo": {
		"getClientLogo",
		false,
		0,
		noBody,
		fixed(map[string]any{"logoUrl": "/logo.png", "altText": "Crossmark"}),
	},
	"POST /miscextcontroller/getCurrentBranchInfo": {
		"getCurrentBranchInfo",
		false,
		0,
		noBody,
		fixed(map[string]any{"branch": "main", "version": "3.0.1", "buildNumber": "1", "environment": "stand-in"}),
	},
	"POST /navUtils/getNavOptions": {
		"getNavOptions",
		false,
		0,
		noBody,
		fixed(
			map[string]any{
				"navigation": []any{map[string]any{"id": "planning", "label": "Planning", "url": "/planning/"}},
			},
		),
	},
	"POST /schedulingcontroller/getSchedulingPrefs": {
		"getSchedulingPrefs",
		false,
		0,
		noBody,
		fixed(map[string]any{"defaultView": "week", "timeSlotDuration": 15, "allowWeekends": true}),
	},
	"POST /schedulingcontroller/getFullCalendarLicenseKey": {
		"getFullCalendarLicenseKey",
		false,
		0,
		noBody,
		fixed(map[string]any{"licenseKey": "stand-in"}),
	},
	"POST /schedulingcontroller/getMoreFiltersOptions": {
		"getMoreFiltersOptions",
		false,
		0,
		noBody,
		fixed(map[string]any{"filters": map[string]any{"locations": []any{}, "representatives": []any{}}}),
	},
	"POST /schedulingcontroller/getEventDetails": {
		"getEventDetails",
		false,
		0,
		isJSON,
		(*Server).eventDetails,
	},
	"POST /schedulingcontroller/getRepAvailability": {
		"getRepAvailability",
		false,
		0,
		isJSON,
		fixed(map[string]any{"availability": []any{}}),
	},
	"POST /schedulingcontroller/saveScheduledEvent": {
		"saveScheduledEvent",
		false,
		0,
		checkEvent,
		(*Server).saveEvent,
	},
	"POST /schedulingcontroller/updateScheduledEvent": {
		"updateScheduledEvent",
		false,
		0,
		isJSON,
		fixedChange(map[string]any{"success": true, "updatedFields": []any{}}),
	},
	"POST /schedulingcontroller/deleteScheduledEvent": {
		"deleteScheduledEvent",
		false,
		0,
		isJSON,
		fixedChange(map[string]any{"success": true}),
	},
	"POST /schedulingcontroller/bulkScheduleEvents": {
		"bulkScheduleEvents",
		false,
		0,
		isJSON,
		(*Server).saveEvents,
	},
	"POST /login/getAppetizePreference": {
		"getAppetizePreference",
		false,
		0,
		anything,
		fixedPage("preference"),
	},
	"POST /sso/getSSOProviderNames": {
		"getSsoProviderNames",
		true,
		0,
		anything,
		func(*Server, *call) response { return envelope(http.StatusNotFound, "SSO is off") },
	},
	"POST /sso/getError": {
		"getSsoError",
		true,
		0,
		hasParts(),
		fixed(map[string]any{"error": nil}),
	},
	"GET /i18n/{language}.json": {
		"getTranslations",
		true,
		0,
		anything,
		fixed(map[string]any{"planning": "Planning"}),
	},
	"GET /planning/": {
		"getPlanningPage",
		false,
		0,
		anything,
		fixedPage("Scheduling"),
	},
	"GET /rep/schedule/": {
		"getRepSchedulePage",
		false,
		0,
		anything,
		fixedPage("Schedule"),
	},
	"GET /login": {
		"getLoginPage",
		true,
		0,
		anything,
		func(*Server, *call) response { return loginPage() },
	},
	"GET " + printedPath: {
		"mergedPdf",
		true,
		http.StatusForbidden,
		isBare,
		fixedFile,
	},
}

var locale = map[string]any{"locale": "en_US", "timezone": "America/Indianapolis", "dateFormat": "m/d/Y"}

func fixed(body any) func(*Server, *call) response {
	return func(*Server, *call) response { return ok(body) }
}

// fixedChange returns a handler for a change that always sends the same response.
func fixedChange(body any) func(*Server, *call) response {
	return func(*Server, *call) response { return response{status: http.StatusOK, body: body, applied: true} }
}

func fixedPage(text string) func(*Server, *call) response {
	return func(*Server, *call) response { return page(http.StatusOK, text) }
}

func anything(*call) string { return "" }

func noBody(c *call) string {
	if len(c.body) > 0 {
		return "no body is due"
	}
	return ""
}

func mediaOf(c *call) string {
	media, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	return media
}

func isJSON(c *call) string {
	if mediaOf(c) != "application/json" || len(c.body) == 0 {
		return "JSON is due"
	}
	return ""
}

// form returns the fields of a form, or what is wrong with it.
func form(c *call) (url.Values, string) {
	if mediaOf(c) != "application/x-www-form-urlencoded" {
		return nil, "a form is due"
	}
	fields, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil, "the form is broken"
	}
	return fields, ""
}

// parts returns the parts of a multipart form, or what is wrong with it. Each name is required
// exactly once, and no others are allowed.
func parts(c *call, names ...string) (map[string]string, string) {
	if mediaOf(c) != "multipart/form-data" {
		return nil, "a form in parts is due"
	}
	if err := c.ParseMultipartForm(1 << 20); err != nil {
		return nil, "the parts are broken"
	}
	found := map[string]string{}
	for _, name := range names {
		if values := c.MultipartForm.Value[name]; len(values) != 1 {
			return nil, fmt.Sprintf("part %s is due once", name)
		}
		found[name] = c.MultipartForm.Value[name][0]
	}
	if len(names) > 0 && len(c.MultipartForm.Value) != len(names) {
		return nil, "there are more parts than are due"
	}
	return found, ""
}

func hasParts(names ...string) func(*call) string {
	return func(c *call) string { _, why := parts(c, names...); return why }
}

func hasEmail(c *call) string {
	if !strings.Contains(c.URL.Query().Get("Email"), "@") {
		return "Email is due"
	}
	return ""
}

// Time formats of the application.
var (
	digits    = regexp.MustCompile(`^\d+$`)
	isoBound  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?$`)
	isoOffset = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$`)
	usSpan    = regexp.MustCompile(`^\d{2}/\d{2}/\d{4},\d{2}/\d{2}/\d{4}$`)
	usTimes   = regexp.MustCompile(`^\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2},\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2}$`)
)

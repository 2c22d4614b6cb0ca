package wirediff

// This file compares request bodies and responses.

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/media"
)

// bodies compares the request bodies of two versions of an operation.
func (c *comparison) bodies(old, new *exchange) {
	at := Difference{Subject: new.Route(), Direction: Request, Old: old.Pos, New: new.Pos}
	olds, news := bodiesOf(old), bodiesOf(new)
	switch {
	case len(olds) == 0 && len(news) == 0:
		return
	case len(news) == 0:
		c.add(at.at(olds[0].Pos, new.Pos).with("body-removed", Breaking, "request body", "was removed"))
		return
	case len(olds) == 0 && news[0].Required:
		c.add(at.at(old.Pos, news[0].Pos).with("body-added", Breaking, "request body", "was added and must be sent"))
		return
	case len(olds) == 0:
		c.add(at.at(old.Pos, news[0].Pos).with("body-added", Addition, "request body", "was added"))
		return
	}
	at = at.at(olds[0].Pos, news[0].Pos)
	switch was, is := olds[0].Required, news[0].Required; {
	case !was && is:
		c.add(at.with("body-required", Breaking, "request body", "must be sent now"))
	case was && !is:
		c.add(at.with("body-optional", Addition, "request body", "need not be sent any more"))
	}
	for _, b := range olds {
		if i := slices.IndexFunc(news, sameMedia(b)); i >= 0 {
			c.body(at.at(b.Pos, news[i].Pos), b, news[i])
			continue
		}
		removed := at.at(b.Pos, news[0].Pos)
		c.add(removed.with("body-media-removed", Breaking, "request body", "cannot be "+b.Media+" any more"))
	}
	for _, b := range news {
		if !slices.ContainsFunc(olds, sameMedia(b)) {
			added := at.at(olds[0].Pos, b.Pos)
			c.add(added.with("body-media-added", Addition, "request body", "can be "+b.Media+" now"))
		}
	}
}

// bodiesOf returns the request bodies of an operation, one for each media type.
func bodiesOf(e *exchange) []*api.Body {
	var list []*api.Body
	for _, op := range e.all {
		if op.Body != nil {
			list = append(list, op.Body)
		}
	}
	return list
}

func sameMedia(b *api.Body) func(*api.Body) bool {
	return func(other *api.Body) bool { return media.Base(b.Media) == media.Base(other.Media) }
}

// body compares two versions of a body with the same media type.
func (c *comparison) body(at Difference, old, new *api.Body) {
	switch {
	case old.Nullable && !new.Nullable:
		c.add(at.with("null-removed", Breaking, "request body", "must not be null any more"))
	case !old.Nullable && new.Nullable:
		c.add(at.with("null-added", Addition, "request body", "may be null now"))
	}
	c.parts(at, old.Parts, new.Parts)
	c.types(at.with("", 0, "request body", ""), old.Type, new.Type, nil)
}

// parts compares how members of a form are encoded. A member that only one version lists has the
// default encoding in the other.
func (c *comparison) parts(at Difference, olds, news []api.Part) {
	byName := map[string][2]api.Part{}
	var names []string
	for i, list := range [][]api.Part{olds, news} {
		for _, p := range list {
			both, known := byName[p.Name]
			if !known {
				names = append(names, p.Name)
				both = [2]api.Part{{Name: p.Name}, {Name: p.Name}}
			}
			both[i] = p
			byName[p.Name] = both
		}
	}
	for _, name := range names {
		old, new := byName[name][0], byName[name][1]
		old.Reserved, new.Reserved = false, false
		if old != new {
			c.add(at.with("member-format", Breaking, "request body", "writes member "+name+" in another way: "+
				encoding(old)+" → "+encoding(new)))
		}
	}
}

// encoding describes the encoding of a member of a form.
func encoding(p api.Part) string {
	text := p.Media
	if p.Style != "" {
		text = "style " + string(p.Style) + ", explode " + strconv.FormatBool(p.Explode)
	}
	if p.Base64 {
		text += " as Base64"
	}
	return cmp.Or(text, "default encoding")
}

// responses compares the responses of two versions of an operation.
func (c *comparison) responses(old, new *exchange) {
	at := Difference{Subject: new.Route(), Direction: Response, Old: old.Pos, New: new.Pos}
	c.outcomes(at, old.Success, new.Success, true)
	c.outcomes(at, old.Failure, new.Failure, false)
}

// outcomes compares the successes or the failures of an operation. A status that only one version
// lists is compared with what applies to it in the other.
func (c *comparison) outcomes(at Difference, olds, news []*api.Outcome, success bool) {
	for _, status := range statuses(slices.Concat(olds, news)) {
		was, is := covering(olds, status), covering(news, status)
		switch {
		case len(was) == 0:
			c.add(at.at(at.Old, is[0].Pos).with("response-added", Addition, responseName(status), "was added"))
		case len(is) == 0 && success && !hasClass(news, status):
			c.add(at.at(was[0].Pos, at.New).with("response-removed", Breaking, responseName(status), "was removed"))
		case len(is) == 0:
			c.add(at.at(was[0].Pos, at.New).with("response-removed", Neutral, responseName(status), "was removed"))
		default:
			c.response(at.at(was[0].Pos, is[0].Pos), responseName(status), was, is)
		}
	}
}

// hasClass reports whether one of the outcomes is for a single status of a class such as 2XX.
func hasClass(list []*api.Outcome, class int) bool {
	return slices.ContainsFunc(list, func(o *api.Outcome) bool { return o.Status/100 == class && o.Status > 0 })
}

// response compares the bodies of a response.
func (c *comparison) response(at Difference, place string, olds, news []*api.Outcome) {
	for _, o := range olds {
		i := slices.IndexFunc(news, sameContent(o))
		switch {
		case i >= 0:
			c.types(at.with("", 0, place, ""), o.Type, news[i].Type, nil)
		case o.Decode == api.DecodeNone:
		case isEmpty(news):
			c.add(at.with("response-body-removed", Breaking, place, "has no body any more"))
		default:
			c.add(at.with("response-media-removed", Breaking, place, "is not "+o.Media+" any more"))
		}
	}
	for _, o := range news {
		switch {
		case o.Decode == api.DecodeNone || slices.ContainsFunc(olds, sameContent(o)):
		case isEmpty(olds):
			c.add(at.with("response-body-added", Addition, place, "has a body now"))
		default:
			c.add(at.with("response-media-added", Addition, place, "can be "+o.Media+" now"))
		}
	}
}

func isEmpty(list []*api.Outcome) bool {
	return !slices.ContainsFunc(list, func(o *api.Outcome) bool { return o.Decode != api.DecodeNone })
}

func sameContent(o *api.Outcome) func(*api.Outcome) bool {
	return func(other *api.Outcome) bool {
		return (o.Decode == api.DecodeNone) == (other.Decode == api.DecodeNone) &&
			media.Base(o.Media) == media.Base(other.Media)
	}
}

// responseName returns "response 200", "response 2XX" or "response default".
func responseName(status int) string {
	switch {
	case status == 0:
		return "response default"
	case status < 10:
		return "response " + strconv.Itoa(status) + "XX"
	}
	return "response " + strconv.Itoa(status)
}

func statuses(list []*api.Outcome) []int {
	var out []int
	for _, o := range list {
		if !slices.Contains(out, o.Status) {
			out = append(out, o.Status)
		}
	}
	return out
}

func ofStatus(list []*api.Outcome, status int) []*api.Outcome {
	var out []*api.Outcome
	for _, o := range list {
		if o.Status == status {
			out = append(out, o)
		}
	}
	return out
}

// covering returns the outcomes that apply to a status: its own, else those of its class, else the
// default.
func covering(list []*api.Outcome, status int) []*api.Outcome {
	for _, s := range []int{status, status / 100, 0} {
		if out := ofStatus(list, s); len(out) > 0 {
			return out
		}
	}
	return nil
}

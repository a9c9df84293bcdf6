package detect

import "slices"

// Erase takes a mention, whose source says that it is gone, out of what is kept to show
// incidents, and out of those that go on. What was counted stays counted.
func (e *Engine) Erase(mentionID string) {
	for _, b := range e.brands {
		if b.erase(mentionID) {
			b.changed = true
		}
	}
}

func (b *brand) erase(id string) (erased bool) {
	x := &b.Exhibits
	for _, list := range []*spread{&x.Negative, &x.Positive, &x.Other} {
		erased = cutOut((*[]post)(list), func(p post) bool { return p.ID == id }) || erased
	}
	for _, list := range []*top{&x.Engaged, &x.Followed, &x.Risky} {
		erased = cutOut((*[]standing)(list), func(s standing) bool { return s.Post.ID == id }) || erased
	}
	erased = cutOut(&x.Way.Steps, func(s Step) bool { return s.ID == id }) || erased
	if author, traced := x.Traces.erase(id); traced {
		erased = true
		if one := b.Authors.known(author); one != nil {
			one.Name = "" // until they write again
		}
	}
	for i := range b.Pending {
		if m := &b.Pending[i].Mention; m.ID == id { // it counts, and nobody reads it
			m.Text, m.URL, m.Handle, m.Page, erased = "", "", "", "", true
		}
	}
	if b.Incident != nil {
		erased = b.Incident.Evidence.erase(id) || erased
	}
	return erased
}

// erase takes out what quotes a mention, and its author, who is known by it.
func (e *Evidence) erase(id string) (erased bool) {
	erased = cutOut(&e.Posts, func(p Post) bool { return p.ID == id })
	erased = cutOut(&e.Path, func(s Step) bool { return s.ID == id }) || erased
	return cutOut(&e.TopAuthors, func(a Author) bool { return slices.Contains(a.IDs, id) }) || erased
}

// erase forgets the id and the words of a mention, and answers its author.
func (x *traces) erase(id string) (author uint32, erased bool) {
	ids, words := 0, 0
	for i := range x.List {
		t := &x.List[i]
		to, said := ids+int(t.ID), words+int(t.Said)
		if string(x.IDs[ids:to]) == id {
			x.IDs, x.Said = slices.Delete(x.IDs, ids, to), slices.Delete(x.Said, words, said)
			t.ID, t.Said, t.Read = 0, 0, false
			return t.Author, true
		}
		ids, words = to, said
	}
	return 0, false
}

// cutOut leaves a list without what is to go, and a slice that others hold as it was.
func cutOut[T any](list *[]T, gone func(T) bool) bool {
	if !slices.ContainsFunc(*list, gone) {
		return false
	}
	*list = slices.DeleteFunc(slices.Clone(*list), gone)
	return true
}

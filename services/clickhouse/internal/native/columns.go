package native

// The layouts of ClickHouse's types; serialization "default", as FORMAT Native writes it.

// fixed is a type of so many bytes a value.
type fixed uint64

func (fixed) prefix(*copier) error { return nil }

func (f fixed) data(c *copier, rows uint64) error {
	n, err := mul(rows, uint64(f))
	if err != nil {
		return err
	}
	return c.bytes(n)
}

// text is String: each value after its length.
type text struct{}

func (text) prefix(*copier) error              { return nil }
func (text) data(c *copier, rows uint64) error { return c.strings(rows) }

// nullable is a byte a row, 1 for NULL, then the values with something in the place of each NULL.
type nullable struct{ inner layout }

func (n nullable) prefix(c *copier) error { return n.inner.prefix(c) }

func (n nullable) data(c *copier, rows uint64) error {
	if err := c.bytes(rows); err != nil {
		return err
	}
	return n.inner.data(c, rows)
}

// array is where each row's elements end, then all elements. A Map is an array of pairs.
type array struct{ inner layout }

func (a array) prefix(c *copier) error { return a.inner.prefix(c) }

func (a array) data(c *copier, rows uint64) error {
	if rows == 0 {
		return nil
	}
	n, err := mul(rows-1, 8)
	if err != nil {
		return err
	}
	if err := c.bytes(n); err != nil {
		return err
	}
	total, err := c.uint64()
	if err != nil {
		return err
	}
	return a.inner.data(c, total)
}

// tuple is one column after the other.
type tuple []layout

func (t tuple) prefix(c *copier) error {
	for _, l := range t {
		if err := l.prefix(c); err != nil {
			return err
		}
	}
	return nil
}

func (t tuple) data(c *copier, rows uint64) error {
	for _, l := range t {
		if err := l.data(c, rows); err != nil {
			return err
		}
	}
	return nil
}

// lowCardinality is a dictionary and, for each row, an index into it of 1, 2, 4 or 8 bytes. NULL is a key
// of the dictionary, so the keys of LowCardinality(Nullable(T)) are plain T.
type lowCardinality struct{ keys layout }

func newLowCardinality(name string, inner layout) (layout, error) {
	if n, ok := inner.(nullable); ok {
		inner = n.inner
	}
	switch inner.(type) {
	case fixed, text:
		return lowCardinality{inner}, nil
	}
	return nil, Malformed("%s is no type", name)
}

const (
	lowCardinalityVersion = 1
	globalDictionary      = 1 << 8
	additionalKeys        = 1 << 9
)

func (lowCardinality) prefix(c *copier) error {
	version, err := c.uint64()
	if err == nil && version != lowCardinalityVersion {
		return Malformed("LowCardinality of version %d", version)
	}
	return err
}

func (l lowCardinality) data(c *copier, rows uint64) error {
	if rows == 0 {
		return nil
	}
	flags, err := c.uint64()
	if err != nil {
		return err
	}
	width := flags & 0xff
	if flags&globalDictionary != 0 || flags&additionalKeys == 0 || width > 3 {
		return Malformed("LowCardinality with flags %#x", flags)
	}
	keys, err := c.uint64()
	if err != nil {
		return err
	}
	if err := l.keys.data(c, keys); err != nil {
		return err
	}
	indexes, err := c.uint64()
	if err != nil {
		return err
	}
	if indexes != rows {
		return Malformed("LowCardinality with %d indexes for %d rows", indexes, rows)
	}
	return fixed(1<<width).data(c, rows)
}

// jsonText is a JSON column sent as text, the one of its forms that is not the engine's own secret.
type jsonText struct{ name string }

const jsonTextVersion = 1

func (j jsonText) prefix(c *copier) error {
	version, err := c.uint64()
	if err == nil && version != jsonTextVersion {
		return &UnsupportedTypeError{j.name}
	}
	return err
}

func (jsonText) data(c *copier, rows uint64) error { return c.strings(rows) }

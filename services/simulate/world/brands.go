package world

import (
	"fmt"
	"strings"
)

// Brand is an invented brand.
type Brand struct {
	ID     string
	Name   string
	Handle string // of its own account, on every network
	Query  string // what Vigie watches it by
	Sector Sector
}

// Sector is what a brand sells: it decides which things people talk about.
type Sector string

// Sectors of brands.
const (
	Drinks   Sector = "drinks"
	Rail     Sector = "rail"
	Phone    Sector = "phone"
	Clothing Sector = "clothing"
)

// Brands are the invented brands. No company has these names.
func Brands() []Brand {
	return []Brand{
		{ID: "zestaline", Name: "Zestaline", Handle: "zestaline", Sector: Drinks,
			Query: `zestaline OR "zesta line"`},
		{ID: "ferrovelle", Name: "Ferrovelle", Handle: "ferrovelle", Sector: Rail,
			Query: `ferrovelle OR #trainferrovelle`},
		{ID: "telemur", Name: "Télémur", Handle: "telemur", Sector: Phone,
			Query: `télémur OR @telemur_aide`},
		{ID: "panipluie", Name: "Panipluie", Handle: "panipluie", Sector: Clothing,
			Query: `panipluie OR "pani pluie"`},
	}
}

// officialID is the first ID of the brands' own accounts.
const officialID = 1_000_000

// Official is a brand's own account.
func (w *World) Official(brandID string) (Author, bool) {
	for i, brand := range w.brands {
		if brand.ID == brandID {
			return official(i, brand), true
		}
	}
	return Author{}, false
}

func official(i int, brand Brand) Author {
	return Author{ID: officialID + int64(i), Handle: brand.Handle, Name: brand.Name, Followers: 48_000 - 7_000*i}
}

// spellings are the ways people write a brand's name; its query finds them all.
func (b Brand) spellings() []string {
	return []string{b.Name, b.Name, b.Name, strings.ToLower(b.Name), "@" + b.Handle, "#" + b.Name}
}

func (w *World) brand(id string) (Brand, error) {
	for _, brand := range w.brands {
		if brand.ID == id {
			return brand, nil
		}
	}
	return Brand{}, fmt.Errorf("world: no brand has the id %q", id)
}

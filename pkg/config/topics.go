package config

// defaultTopics serve a config that names none: what consumer brands are most
// often written about, in French and English.
func defaultTopics() []Topic {
	return []Topic{
		{ID: "safety", Owner: "pr", Terms: []string{"danger", "dangerous", "dangereux", "dangereuse", "injured", "injury", "blessé", "blessés", "accident", "recall", "rappel produit", "fire", "incendie", "toxic", "toxique", "intoxication", "contamination", "malade", "malades", "sick"}},
		{ID: "ethics", Owner: "pr", Terms: []string{"boycott", "scandale", "scandal", "racisme", "racist", "raciste", "sexisme", "sexist", "discrimination", "mensonge", "lies", "honte", "shame", "greenwashing", "fraude", "fraud"}},
		{ID: "outage", Owner: "customer_care", Terms: []string{"panne", "pannes", "outage", "down", "bug", "bugs", "coupure", "ne marche pas", "ne marche plus", "not working", "doesn't work", "crash", "interruption"}},
		{ID: "delivery", Owner: "customer_care", Terms: []string{"livraison", "livreur", "colis", "delivery", "delivered", "package", "parcel", "retard", "retards", "delay", "delayed", "delays", "late", "cancelled", "annulé", "annulée", "bagage", "bagages", "luggage", "baggage"}},
		{ID: "service", Owner: "customer_care", Terms: []string{"service client", "sav", "customer service", "support", "hotline", "conseiller", "conseillère", "on hold", "attente", "no answer", "pas de réponse", "remboursement", "refund", "réclamation", "complaint", "rude"}},
		{ID: "price", Owner: "sales", Terms: []string{"prix", "price", "prices", "cher", "chère", "chers", "expensive", "cheap", "tarif", "tarifs", "facture", "bill", "promo", "promotion", "discount", "hausse", "augmentation", "arnaque", "scam", "ripoff"}},
		{ID: "product", Owner: "marketing", Terms: []string{"produit", "produits", "product", "products", "qualité", "quality", "goût", "taste", "nouveau", "nouvelle", "new", "recette", "recipe", "design", "gamme", "app", "application"}},
		{ID: "people", Owner: "hr", Terms: []string{"salarié", "salariés", "employé", "employés", "employee", "employees", "staff", "grève", "strike", "licenciement", "licenciements", "layoff", "layoffs", "recrutement", "hiring", "patron", "ceo", "pdg", "manager"}},
	}
}

//nolint:misspell // the words are French
package world

var french = lexicon{
	things: map[Sector][]string{
		Drinks:   {"la limonade citron-thym", "le thé glacé pêche", "la canette de 33 cl", "la nouvelle recette", "la version sans sucre", "le sirop de gingembre"},
		Rail:     {"le train de 7h42", "la ligne de la côte", "le wagon silence", "le dernier train du soir", "le train de nuit", "la carte jeune"},
		Phone:    {"le forfait illimité", "la box", "la fibre", "le réseau en intérieur", "l'appli", "l'option voyage"},
		Clothing: {"la parka jaune", "le ciré bleu", "la veste de pluie", "le sac étanche", "la collection d'automne", "le poncho de vélo"},
	},
	places:  []string{"à Lille", "à Nantes", "à Lyon", "à Rennes", "à Bruxelles", "à Genève", "à Strasbourg", "à Montréal", "à Toulouse"},
	moments: []string{"ce matin", "hier soir", "tout à l'heure", "à l'instant", "ce midi", "cette semaine"},
	openers: [3][]string{
		{"Franchement,", "Encore une fois :", "Non mais", "Bon.", "Je craque.", "Sérieusement,", "Je n'en peux plus,"},
		{"Alors,", "Petite question :", "Pour info,", "Dites,", "Au fait,", "Je me demande :"},
		{"Ça mérite d'être dit :", "Bonne surprise,", "Il faut le reconnaître,", "Une fois n'est pas coutume,", "Je le dis :", "Petit bonheur du jour :"},
	},
	closers: [3][]string{
		{", c'est fini pour moi", ". Plus jamais.", ", et personne ne répond", ", je passe à la concurrence", ". Merci pour rien.", ", c'est honteux", "... la honte"},
		{", quelqu'un sait ?", ", à suivre", ". Des avis ?", ", je prends vos retours", ", on verra bien"},
		{", merci à l'équipe", ", ça change", ". Je reviendrai !", ", continuez comme ça", ", bravo", ", et je ne suis pas sponsorisé"},
	},
	cores: map[Topic][3][]string{
		Product: {
			{"{t} de {b}, quelle déception", "je ne comprends pas l'enthousiasme pour {t} chez {b}", "troisième fois que {t} de {b} me laisse tomber", "qualité en chute libre chez {b} : {t}, c'est non", "j'ai voulu aimer {t} de {b}, vraiment"},
			{"quelqu'un a testé {t} de {b} ?", "{b} annonce du nouveau pour {t}", "j'hésite entre {t} de {b} et la concurrence", "vu une pub {p} pour {t} de {b}", "{t} chez {b}, ça vaut quoi ?"},
			{"{t} de {b}, une petite merveille", "je recommande {t} de {b} les yeux fermés", "{b} a tout compris avec {t}", "agréable surprise avec {t} de {b} {d}", "bravo {b} pour {t}"},
		},
		Service: {
			{"{n} minutes au téléphone avec le service client de {b}, record battu", "{b} m'a raccroché au nez {d}", "aucune réponse de {b} à mes trois messages sur {t}", "chez {b} on te répond par un copier-coller", "le service client de {b} me balade de bureau en bureau"},
			{"comment on joint un humain chez {b} ?", "{b} a changé les horaires de son service client {p}", "j'attends la réponse de {b} pour {t}", "ouverture d'un guichet {b} {p} {d}", "{b} demande mon avis sur {t}"},
			{"conseillère adorable chez {b} {d}, problème réglé en {n} minutes", "le service client de {b} a été au top", "remboursé par {b} en deux jours sans discuter", "merci à l'équipe {b} {p} pour l'accueil", "{b} répond vite et bien, ça change tout"},
		},
		Price: {
			{"{b} augmente encore le prix : {t}, c'est {n} % de plus", "{t} de {b} à ce tarif, c'est du vol", "frais cachés chez {b} {d}, {n} euros de trop", "payer {n} euros pour {t} chez {b}, sans moi", "{b} se moque de nous avec ses tarifs"},
			{"quel est le prix de {t} chez {b} maintenant ?", "{b} change ses tarifs le mois prochain", "{n} euros pour {t} chez {b}, c'est cher ou pas ?", "comparatif de prix {p} : {b} est dans la moyenne", "promo sur {t} chez {b} {d}"},
			{"{t} de {b} à {n} euros, imbattable", "belle promo chez {b} {d}", "pour une fois les prix baissent : merci {b}", "rapport qualité-prix parfait pour {t} de {b}", "{b} m'a fait un geste commercial de {n} euros"},
		},
		Delivery: {
			{"commande {b} perdue {p}, personne ne sait où", "{n} jours de retard pour {t} de {b}", "livraison {b} prévue {d}, toujours rien", "colis {b} arrivé ouvert et trempé", "{b} livre chez le voisin et s'en lave les mains"},
			{"commande passée chez {b} {d}, on attend", "quelqu'un s'est déjà fait livrer {t} par {b} {p} ?", "délai annoncé par {b} : {n} heures", "point relais {b} fermé {d}", "{b} ouvre un entrepôt {p}"},
			{"{t} de {b} livré en {n} heures, chapeau", "livraison {b} en avance {d}", "emballage impeccable chez {b}", "livreur {b} très sympa {p}", "commandé hier, reçu {d} : merci {b}"},
		},
		Outage: {
			{"{b} est encore en panne {p}", "rien ne marche chez {b} {d} : {t}, mort", "{n} minutes sans rien chez {b}, et pas un mot", "le site de {b} plante au moment de payer", "panne {b} {p}, on nous prend pour qui ?"},
			{"c'est moi ou {b} rame {d} ?", "maintenance {b} prévue cette nuit {p}", "l'état de {t} chez {b} : en cours de vérification", "retour à la normale chez {b} {p} ?", "page d'incident {b} mise à jour {d}"},
			{"panne {b} réparée en {n} minutes, respect", "{b} prévient avant la coupure, enfin", "{t} de {b} marche à nouveau {p}", "zéro coupure chez {b} depuis des mois", "{b} a tenu bon malgré la tempête {p}"},
		},
		Safety: {
			{"{t} de {b} : odeur bizarre, je ne suis pas rassuré", "{b} laisse passer ça ? c'est dangereux", "mal au ventre après {b} {d}, coïncidence ?", "{t} chez {b} sans aucun contrôle, inquiétant", "et la sécurité, {b} ?"},
			{"{b} publie ses consignes de sécurité pour {t}", "contrôle annoncé chez {b} {p}", "quelqu'un connaît les normes pour {t} de {b} ?", "rapport annuel de sécurité de {b} en ligne {d}", "exercice d'évacuation {b} {p} {d}"},
			{"{b} très clair sur la sécurité de {t}", "contrôles renforcés chez {b} {p}, tant mieux", "{b} a rappelé un lot par simple précaution, bien joué", "rassuré par la réponse de {b} sur {t}", "{b}, modèle de transparence {d}"},
		},
		People: {
			{"la façon dont {b} parle à ses salariés {p}, non", "le patron de {b} {d} à la radio, quel mépris", "{b} supprime {n} postes {p}", "stagiaires non payés chez {b}, sérieusement ?", "un vigile {b} odieux {d}"},
			{"{b} recrute {n} personnes {p}", "nouvelle directrice chez {b} {d}", "entretien chez {b} {d}, des conseils ?", "{b} présente ses équipes {p}", "portrait d'un ancien de {b} dans le journal"},
			{"{b} titularise ses apprentis {p}, bravo", "l'équipe {b} {p} est en or", "beau geste de {b} pour ses salariés {d}", "{b} soutient une association {p}", "fier de travailler chez {b}"},
		},
	},
	replies: [3][]string{
		{"pareil chez {b} {p}, tu n'es pas seul", "{b} ne répondra pas, laisse tomber", "même chose pour {t} chez {b}", "écris au médiateur, {b} n'écoute que ça", "j'ai quitté {b} pour ça"},
		{"oui, {b} l'a annoncé {d}", "chez {b} il faut demander au guichet", "je crois que {b} le fait {p}", "aucune idée, demande à {b}", "{t} chez {b} ? pas encore testé"},
		{"d'accord, {b} a bien bossé", "pareil, très content de {b}", "je vais essayer {t} de {b} alors", "ça fait plaisir de lire ça sur {b}", "{b} mérite le compliment"},
	},
	relays: []string{"je partage, {b}", "à lire sur {b}", "vu passer ça sur {b}, je relaie", "{b}, une réaction ?", "ça tourne {p} : {b}", "pour ceux qui connaissent {b}"},
	official: []string{
		"bonjour {p} ! L'équipe {b} vous attend {d}", "{b} répond à vos questions {d}", "{t}, c'est chez {b}", "merci pour vos messages, toute l'équipe {b} les lit",
		"{b} agrandit son équipe {p}", "les coulisses de {b} {p}, en images", "{t} : {b} vous dit tout", "une question sur {t} ? {b} est là {d}",
	},
	headlines: []string{
		"{b} ouvre un nouveau site {p}", "Ce que les clients attendent de {b} cette année", "{b} nomme une nouvelle directrice du marketing", "{b}, {n} ans après : portrait",
		"{b} publie ses chiffres du trimestre", "Dans les coulisses de {b} {p}", "Cinq choses à savoir sur {b}", "{b} signe avec un partenaire local {p}",
	},
	articles: []string{
		"L'entreprise l'a annoncé {d} : {b} va recruter {n} personnes {p}.", "Nous avons passé une journée avec l'équipe de {b} {p}. Reportage.",
		"Entre des habitudes qui changent et des coûts qui montent, {b} cherche son équilibre. Entretien.", "Les ventes de {b} ont varié de {n} pour cent sur un an, comme le secteur.",
		"{b} a présenté {t} {d} à la presse et à quelques clients.", "Nous avons interrogé {n} lecteurs sur {b} : ce qu'ils en savent, ce qu'ils demandent.",
	},
	hashtags: map[Topic][]string{
		Product: {"test", "avis", "nouveauté"}, Service: {"serviceclient", "relationclient"}, Price: {"inflation", "pouvoirdachat"},
		Delivery: {"livraison", "colis"}, Outage: {"panne", "réseau"}, Safety: {"sécurité", "rappel"}, People: {"emploi", "travail"},
	},
	crises: map[CrisisKind]drama{
		CrisisSafety: {
			origin:   "ma fille est tombée malade {d} après avoir utilisé {t} de {b}. Le service client me dit « ce n'est pas notre problème ». Partagez.",
			angry:    []string{"{b} on attend des explications, c'est grave", "{b} savait et n'a rien dit, scandale", "boycott {b}, point", "malade moi aussi à cause de {b} {p}, combien de cas ?", "on joue avec notre santé chez {b}", "honte à {b}, retirez {t} des ventes", "j'ai jeté {t} de {b}, {n} euros à la poubelle et la peur au ventre", "aucune excuse de {b} à cette heure, incroyable", "{b} dangereux, prévenez vos proches"},
			relays:   []string{"à partager d'urgence, {b}", "{b} : ça fait froid dans le dos", "faites tourner avant que {b} ne l'efface", "plusieurs cas {p} : {b}"},
			replies:  []string{"courage à vous, {b} doit répondre", "portez plainte contre {b}", "mêmes symptômes ici avec {b}", "quel numéro de lot, {b} ?"},
			headline: "{b} : plusieurs personnes malades, la marque reste muette",
			article:  "Des dizaines de clients de {b} disent être tombés malades {d}. La marque n'a pas répondu à nos questions. L'appel au boycott se répand.",
			hashtag:  "Boycott",
		},
		CrisisOutage: {
			origin:   "tout est coupé chez {b} {p}. Ma mère ne peut pas appeler les secours. Personne au bout du fil.",
			angry:    []string{"panne générale {b}, des gens sont en danger", "{b} ne communique pas, c'est criminel", "{n} minutes de panne {b} et zéro info, honteux", "remboursez, {b}", "{b} hors service {p}, qui est responsable ?", "encore {b}... résiliation {d}", "{b} est mort, quelle incompétence", "des milliers de gens bloqués par {b}"},
			relays:   []string{"panne {b} en cours, à relayer", "{b} : toute la région touchée", "ça s'étend {p} : {b}"},
			replies:  []string{"pareil ici, {b} ne marche plus", "rien non plus {p} avec {b}", "{b} ne décroche pas"},
			headline: "Panne géante chez {b} : les numéros d'urgence touchés",
			article:  "Une panne frappe {b} {d}. Les autorités conseillent de passer par un autre réseau. La marque ne s'est pas exprimée.",
			hashtag:  "Panne",
		},
		CrisisPeople: {
			origin:   "vidéo prise {p} : un responsable de {b} humilie une employée enceinte devant les clients. Regardez jusqu'au bout.",
			angry:    []string{"révoltant, {b} doit virer ce type", "{b} c'est ça vos valeurs ?", "boycott {b} jusqu'aux excuses", "j'ai honte d'être client de {b}", "solidarité avec l'employée de {b}", "{b} : la direction savait", "plus un euro pour {b}", "{b}, écœurant"},
			relays:   []string{"la vidéo {b} qu'il faut voir", "{b} : à partager", "ça se passe {p}, chez {b}"},
			replies:  []string{"quelle horreur, {b}", "ex-salarié de {b}, rien d'étonnant", "l'inspection du travail chez {b}, vite"},
			headline: "Employée humiliée chez {b} : la vidéo qui indigne",
			article:  "Une vidéo tournée {p} montre un responsable de {b} s'en prendre à une employée. La marque dit « vérifier les faits ».",
			hashtag:  "Honte",
		},
	},
}

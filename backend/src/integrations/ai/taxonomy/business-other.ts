import type { Sector } from './concept.js';

export const business: Sector = {
  id: 'business',
  local: true,
  concepts: [
    {
      id: 'coaching',
      en: 'life coach*, business coach*, executive coach*, course creator*, online course*, mastermind*, speaker*, keynote*, coaching, coach, coaches, leadership coach*, mindset, webinar*, career coach*, digital course*, health coach*, relationship coach*, dating coach*, group coaching, leadership training, motivational, membership site, spiritual coach*, team building, matchmak*, infoproduct*, high ticket, author, authors',
      es: 'coach, coaching, cursos en linea, conferencista*, curso online, cursos online, mentor*, mentoria*',
      fr: 'coach, coaching, formation en ligne, conferencier*, coach de vie, formations en ligne',
      de: 'coach, coaching, lebensberat*, onlinekurs*, mentaltrain*, mentoring, online kurs*, lebenscoach*',
    },
    {
      id: 'consulting',
      vague: true,
      en: 'business consult*, management consult*, consultancy, strategy consult*, process improvement, business advis*, human resources consult*, hr consult*, operations consult*, project management, grant writ*, training and development, organizational development, change management, program management, diversity training, management training, marketing consult* management, procurement consult*, business plan*, environmental consult*, safety consult*, logistics consult*, government relations, research service*, policy analysis',
      es: 'consultor*, consultoria*, asesoria empresarial, asesor de negocios, asistente virtual',
      fr: 'consultant*, conseil en entreprise, conseil en management, cabinet de conseil, secretariat*, assistante virtuelle',
      de: 'unternehmensberat*, berater*, consulting, beratung, virtuelle assistenz, buroservice*',
      hint: 'consultant*, consulting, advisory, facilitation, management services, business services, administrative management',
      near: { coaching: 0.68 },
    },
    {
      id: 'office-services',
      vague: true,
      en: 'virtual assistant*, call center*, answering service*, telemarketing, transcription*, data entry, secretarial service*, office administrative service*, business support, typing service*, editorial service*, editing service*, proofread*, digitizing, duplication, repossession*, telephone answering, packaging and labeling, personal assistant*, writing service*, writer*, ghostwrit*, record storage, event ticketing',
      es: 'asistente virtual, secretariado, centro de llamadas',
      fr: 'secretariat*, assistante virtuelle, centre d appels',
      de: 'schreibburo*, buroservice*, callcenter*',
    },
    {
      id: 'marketing',
      en: 'marketing agenc*, marketing, digital market*, seo, social media*, advertis*, ad agency, web design*, website*, ppc, lead generation, branding, content market*, public relation*, graphic design*, media buying, facebook ads, google ads, meta ads, creative agency, web develop*, email marketing, logo design*, market research, copywrit*, influencer*, web site design, direct mail*, funnel builder*, media agency, digital agency, pr firm, market analysis, promotion agency, marketing firm, media representative*, billboards, website development, marketing consult*, commercial art*, illustrator*, video marketing, paid ads, reputation management',
      es: 'agencia de marketing, marketing, publicidad, mercadotecnia, redes sociales, diseno web, diseno grafico, agencia digital, paginas web, posicionamiento web',
      fr: 'agence marketing, agence de communication, publicite*, referencement, agence web, marketing, communication, reseaux sociaux, graphiste*, creation de sites',
      de: 'marketing*, werbeagentur*, werbung, webdesign*, suchmaschinenoptimierung, online marketing, agentur, grafikdesign*, webagentur*',
      hint: 'brand*, ads',
      near: { coaching: 0.15 },
    },
    {
      id: 'printing',
      en: 'print shop*, printing, sign shop*, signage, screen print*, embroider*, promotional product*, copy shop*, t shirt print*, business cards, copy center*, graphics printing, sign making, shipping center*, mailbox rental*, mailing service*, packaging and shipping, blueprinting, engraving, engraver*, trophies, trophy, sign maker*, digital printing, quick printing, 3d printing, sign install*, custom apparel, mail center*, private mail*, document shredding, bookbinding, lettering, picture framing, framing pictures, sign compan*',
      es: 'imprenta*, rotulos, serigrafia, bordados, letreros, impresion*',
      fr: 'imprimer*, enseigne*, impression*, serigraphie, broderie*, reprographie',
      de: 'druckerei*, beschriftung*, siebdruck*, copyshop*, werbetechnik, stickerei*, schilder*',
      hint: 'sign, signs, banners',
      near: { marketing: 0.4, retail: 0.35 },
    },
    {
      id: 'it',
      en: 'it support, managed service provider*, msp, computer repair*, cybersecurity, it services, it service, tech support, network support, computer service*, software development, software compan*, software, data recovery, cloud service*, it consult*, it solutions, it provider*, information technology, app development, mobile app*, computer network*, phone repair*, cell phone repair*, voip, web hosting, systems integrat*, computer consult*, help desk, computer support, computer system*, programming, telecom install*, network cabl*, data center*, saas, custom computer, computers, phone system*, data analy*, data process*, systems design, artificial intelligence, hosting, programmer*, ransomware, business phones, computer facilities, electronic repair*, iphone repair, laptop repair, screen repair',
      es: 'soporte tecnico, reparacion de computadoras, informatica*, servicios informaticos, desarrollo de software, ciberseguridad, ordenadores, programacion',
      fr: 'informatique*, depannage informatique, infogerance, developpement logiciel, cybersecurite, logiciel*, assistance informatique',
      de: 'it dienstleist*, computerservice*, edv, softwareentwickl*, it service*, systemhaus*, it sicherheit, it beratung, handyreparatur*, computerreparatur',
      hint: 'database*, automation software, computer',
      near: { marketing: 0.15 },
    },
    {
      id: 'staffing',
      en: 'staffing*, recruit*, temp agency, temporary help, employment agenc*, headhunt*, executive search, temporary staff*, job placement*, talent acquisition, employment placement, placement agenc*, day labor, help supply, labor contractor*, peo, professional employer, temp, temps, employee leasing, nurse staffing, permanent placement, labor supply, outplacement, manpower, casting agenc*, resume writing, hiring agency, employment service*',
      es: 'reclutamiento, agencia de empleo*, seleccion de personal, bolsa de trabajo, trabajo temporal, recursos humanos',
      fr: 'recrutement*, interim*, cabinet de recrutement, agence d interim, chasseur de tetes, travail temporaire',
      de: 'personalvermittlung*, zeitarbeit*, personaldienst*, personalberatung*, arbeitsvermittlung*, leiharbeit*',
    },
  ],
};

export const retail: Sector = {
  id: 'retail',
  local: true,
  concepts: [
    {
      id: 'retail',
      vague: true,
      en: 'boutique*, online store*, e commerce, ecommerce, gift shop*, clothing store*, shopify, dropship*, fashion, apparel, merch, etsy, online shop*, clothing shop*, jewelry*, jeweler*, furniture store*, book store*, bookstore*, toy store*, shoe store*, antique*, thrift*, consignment*, hardware store*, garden center*, nursery plants, nurseries, liquor store*, smoke shop*, vape*, cannabis, dispensar*, cbd, mattress store*, electronics store*, grocer*, supermarket*, butcher*, health food store*, supplement*, cosmetics store*, perfume*, department store*, variety store*, used merchandise, flea market*, art gallery, art galleries, art dealer*, souvenir*, sporting goods, bicycle shop*, bike shop*, hobby shop*, craft store*, fabric store*, music store*, pet store*, pet shop*, uniform*, bridal shop*, bridal store*, wedding dress*, mail order, direct selling, vending machine*, auction*, wine shop*, wine store*, gun shop*, gun store*, lighting store*, appliance store*, paint store*, home decor, kitchenware, subscription box*, luggage, electronic shopping, farmers market*, market stand, food store*, specialty food*, office supply store*, home furnishing*, video game store*, comic*, coin dealer*, baby store, lingerie, hat shop, sneaker*, streetwear, tobacco, fish market*, meat market*, produce market*, cheese shop*, beauty supply, tire store retail, building supply store*, lumber yard*, feed store*, shopping center*, carpet retail, collectible*, newsstand*',
      es: 'tienda*, boutique, ropa, joyeria*, venta en linea, tienda en linea, zapateria*, muebleria*, libreria*, supermercado*, abarrotes, regalos, moda, carniceria*, ferreteria*, fruteria*',
      fr: 'boutique*, magasin*, vente en ligne, bijou*, epicerie*, mode, pret a porter, librairie*, supermarche*, quincaillerie*, boucherie*, chaussures',
      de: 'laden*, onlineshop*, online shop*, boutique*, mode, einzelhandel*, schmuck*, juwelier*, buchhandlung*, geschaft*, mobelhaus*, supermarkt*, metzger*, fachgeschaft*, schuhe, baumarkt*',
      hint: 'shopping, products, cart, collection, drops, inventory, gifts, sell online, store, stores, shop, shops, retail*, outlet, mall, vintage, crafts, candles, handmade',
    },
    {
      id: 'florist',
      en: 'florist*, flower shop*, floral*, flowers, bouquet*, flower arrang*',
      es: 'florist*, flores, arreglos florales, ramos',
      fr: 'fleuriste*, fleurs, bouquets',
      de: 'florist*, blumen*',
      near: { retail: 0.72, 'event-venue': 0.46 },
    },
  ],
};

export const community: Sector = {
  id: 'community',
  local: true,
  concepts: [
    {
      id: 'church',
      en: 'church*, ministr*, congregation*, mosque*, synagogue*, temple, parish*, chapel, worship, pastor*, faith, religious organi*, religious, gospel, bible, christian fellowship, fellowship, cathedral, evangel*, buddhist*, islamic center, monastery, convent',
      es: 'iglesia*, ministerio*, parroquia*, templo, cristian*, congregacion*',
      fr: 'eglise*, paroisse*, mosquee*, synagogue*, culte',
      de: 'kirche*, gemeinde*, pfarr*, moschee*, gottesdienst*',
      near: { nonprofit: 0.85 },
    },
    {
      id: 'nonprofit',
      en: 'nonprofit*, non profit*, charit*, foundation grant*, fundrais*, donation*, donor*, volunteer*, food bank*, community organi*, ngo, humanitarian, animal rescue*, animal shelter*, homeless shelter*, advocacy, social service*, community center*, youth organi*, veterans organi*, relief service*, social advocacy, animal welfare, civic organi*, shelter, outreach, scholarship*, grantmaking, environmental organi*, human rights, conservation organi*, disaster relief, support group*, housing assistance, community housing, crisis center, womens shelter, membership association*, vocational rehab*, social club*, fraternal*, alumni association*, booster club*, youth center, senior center, refugee service*, child and youth service*, adoption agenc*, foster care',
      es: 'sin fines de lucro, caridad, donaciones, voluntari*, fundacion, asociacion civil, ong, banco de alimentos, sin animo de lucro, albergue*, benefic*',
      fr: 'association*, benevol*, but non lucratif, ong, caritati*, banque alimentaire, humanitaire',
      de: 'verein*, gemeinnutzig*, spenden*, stiftung*, ehrenamt*, wohltatig*, tierheim*, tafel',
      near: { church: 0.85 },
    },
    {
      id: 'pet-grooming',
      en: 'dog groom*, pet groom*, cat groom*, groomer*, pet boarding, dog boarding, kennel*, pet sit*, dog walk*, dog train*, pet train*, doggy daycare, dog daycare, pet care, pet hotel*, dog day care, cattery, dog obedience, puppy train*, pet service*, pet resort*, pet daycare, pet waste, pooper scooper*, horse boarding, horse training, boarding stable*, equestrian, dog, dogs, puppy, puppies, animal training, animal groom*, animal boarding, dog breed*, breeder*, mobile groom*, dog wash, pet taxi, kitten*, obedience training, pet transport*, doggie, pet, pets',
      es: 'peluqueria canina, estetica canina, guarderia canina, adiestramiento canino, mascotas, perros, paseador* de perros, pension canina, adiestrador*',
      fr: 'toilett*, garde d animaux, dressage, education canine, pension canine, pension pour chien*, chien, chiens, animaux, educateur canin, promenade de chiens',
      de: 'hundesalon*, hundeschule*, hundepension*, hundetrain*, tierpension*, hundebetreu*, haustier*, hunde*, hund, gassi*, tierbetreuung',
      hint: 'cats',
      near: { veterinary: 0.2 },
    },
    {
      id: 'laundry',
      en: 'laundr*, dry clean*, drycleaner*, laundromat*, wash and fold, tailor*, alteration* clothing, seamstress*, dressmak*, garment alteration*, linen service*, uniform rental, sewing, linen supply, coin operated laundr*, linen rental*, pressing clothes, clothing alteration*, pillow cleaning, garment cleaning, custom tailor*, shoe shine*, clothing rental, formal wear rental, tuxedo*, costume rental*, fur cleaning, hat cleaning',
      es: 'lavanderia*, tintoreria*, sastre*, costurer*, modista*, arreglos de ropa',
      fr: 'pressing, blanchisser*, laverie*, couturier*, couture, retouche*, tailleur, couturiere*',
      de: 'wascherei*, schneider*, textilreinigung*, waschsalon*, anderungsschneid*',
    },
    {
      id: 'personal-service',
      vague: true,
      en: 'dating service*, psychic*, astrolog*, tarot*, fortune tell*, personal shopper*, image consult*, wedding officiant, concierge*, genealog*, house sit*, errand service*, life organiz*, professional organizer*, astrology, escort service, coin operated, personal service*, party organizer, coat check, bodyguards personal, notarial, social escort*, wardrobe stylist*, pet memorial, check room, wine storage, consumer buying, spiritual reading*, rental service*, consumer goods rental*, sewing lessons, furniture rental*, costume shop rental, formal rental, locker rental, shoeshine, photo restoration, estate sale*, water delivery, instrument rental*, video rental*, estate liquidat*',
      es: 'tarot, astrolog*, mandados, videncia',
      fr: 'voyance*, astrolog*, conciergerie*, voyant*',
      de: 'wahrsag*, astrolog*, haushaltsservice, concierge*',
    },
    {
      id: 'any-local',
      vague: true,
      en: 'home service*, local business, local service*',
      hint: 'repair*, installation*, installing, install*, maintenance, servicing, rental*, renting, appointment*, bookings, free estimate*, quote*, studio*, consultation*, home service*, contractor service*, on site service, house call*, mobile service, residential, homeowner*, we come to you, emergency service*, licensed and insured, service calls, contractors, reparacion*, instalacion*, mantenimiento, alquiler*, citas, presupuesto*, cotizacion*, a domicilio, cita previa, reparation*, installation*, entretien, location, rendez vous, devis, depannage, reparatur*, wartung*, vermietung, termin*, kostenvoranschlag*, montage*, einbau*, local, shop, workshop, service, customers, office, walk in, same day, call',
    },
  ],
};

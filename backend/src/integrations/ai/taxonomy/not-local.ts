import type { Sector } from './concept.js';

/**
 * What is not won by local leads. Such a word says what kind of business it is, whatever else its line names: a
 * wholesaler of dental equipment is a wholesaler.
 */
export const notLocal: Sector = {
  id: 'not-local',
  local: false,
  concepts: [
    {
      id: 'manufacturing',
      en: 'manufactur*, mfg, factory, factories, mill, mills, foundry, foundries, fabricating, assembly plant*, machining, machine shop*, textile mill*, paper mill*, injection mold*, smelting, made in, canning, bottling, packing plant*, slaughter*, meat pack*, rendering, milling, weaving, forging, stamping metal, die casting, extruded, extruding, plant equipment, oem, industrial machinery, petrochemical*, pharmaceutical preparation*, rolling mill*, sawmill*, tannery, spinning yarn, produced in, processing plant*, shipbuilding, ship building, boat building, book publishing, newspaper publish*, publisher*, publishing, processing plants, dehydrating, electroplating, galvanizing, heat treating, biotechnology, contract packag*, industrial design, precision parts, coatings factory, cnc, die maker*, tool and die, pasteurizing, fabrics broadwoven, industrial automation, freezing fruit',
      es: 'manufactur*, planta industrial, maquila*, siderurg*, fabrica, fabricas, fabricante*, fabricacion',
      fr: 'usine*, fabrication, fabricant*, manufactur*, siderurg*',
      de: 'fabrik*, herstell*, produktion, maschinenbau*, stahlwerk*, produzent*',
      hint: 'valve*, bearings, yarn*, chemical*, steel*, plastics, pulp, resin*, alloys, aerospace, semiconductor*, dye*, polymer*, fertilizer*, pesticide*, made from, industrial equipment, castings, biotech*, curing, hosiery, evaporated',
    },
    {
      id: 'wholesale',
      en: 'wholesal*, merchant wholesaler*, distributor*, distribution center*, importer*, exporter*, import export, bulk supply, trading company, trade agents, business to business electronic market*, wholesale trade agent*, b2b supply, industrial supply, industrial supplies, bulk station*, supplier*',
      es: 'mayorist*, al por mayor, distribuidor*, importacion*, exportacion*, importador*',
      fr: 'grossiste*, vente en gros, import export, distributeur*, negoce',
      de: 'grosshandel*, grosshandler*, importeur*, vertrieb von, exporteur*',
      hint: 'import, export, commodity, commodities, distribution, supply chain',
    },
    {
      id: 'mining',
      en: 'mining, quarry*, quarries, oil and gas, oil field*, drilling oil, gas extraction, crude petroleum, coal, ore, ores, gold mining, oilfield*, petroleum extraction, beneficiating, shale, natural gas, sand and gravel pit*, mineral exploration, petroleum refin*, refinery, refineries, gravel pit, crude oil, refiner*, aggregate*',
      es: 'mineria, minera*, petroler*, cantera*, extraccion de',
      fr: 'mine, mines, carriere de pierre*, petrole, extraction miniere, miniere*',
      de: 'bergbau*, steinbruch*, erdol*, bergwerk*, kiesgrube*',
      hint: 'mine, mines',
    },
    {
      id: 'farming',
      en: 'farming, farm production, livestock*, agricultur*, ranching, logging, timber tract*, forestry, fishing commercial, commercial fishing, fish hatcher*, orchard*, vineyard*, aquaculture, fishery, hatchery, hatcheries, cotton gin*, soybean*, feedlot*, nursery production, beekeeping, apiar*, trapping, greenhouse grow*, egg production, irrigation district, agronom*, farm labor, farm management, postharvest, floriculture, hog farm*, grower*',
      es: 'agricultura, ganader*, agricol*, cultivo*, cosecha*, pesca, apicultura, rancho ganadero, forestal*',
      fr: 'agricol*, elevage*, culture de, agriculteur*, viticult*, peche, sylvicult*, exploitation agricole',
      de: 'landwirt*, bauernhof*, viehzucht*, ackerbau*, forstwirt*, fischerei*, weingut*',
      hint: 'crop*, cattle*, dairy*, grain*, egg, sheep, goat*, berry, seed*, hay, wheat, corn, cotton, shrimp*, mushroom*, crops, beef, milk production, shellfish*, farm, farms, harvesting, poultry*, growing, hogs',
    },
    {
      id: 'utilities',
      en: 'utility compan*, utilities, electric power, power generation, power distribution, power plant*, water supply system*, gas utility, electric utility, water utility, hydroelectric*, nuclear*, electric power transmission, sewage treatment facilit*, natural gas distribution, wind farm*, pipeline*, steam supply, landfill*, waste treatment*, hazardous waste treatment, incinerator*, power grid, transmission lines, wind power, water district, materials recovery, recycling center*, recycling plant*',
      es: 'servicios publicos, central electrica, generacion de energia, red electrica, acueducto*',
      fr: 'centrale electrique, distribution d electricite, reseau d eau, production d energie',
      de: 'stadtwerke*, kraftwerk*, energieversorg*, stromnetz*, wasserwerk*',
    },
    {
      id: 'carriers',
      en: 'airline*, railroad*, freight*, trucking*, shipping line*, logistics, warehousing, air transport*, water transport*, telecommunications carrier*, broadband carrier*, cable operator*, satellite telecommunication*, freight forward*, common carrier, long haul, motor freight, general freight, port operation*, stevedor*, line haul, wireless carrier*, wireless telecommunic*, television network*, airport operation*, refrigerated warehous*, air traffic, ocean shipping, marine cargo, deep sea, postal service, transit system*, transit authority, internet service provider*, third party logistics, 3pl, intermodal, customs broker*, marine shipping, telecom carrier*, tugboat*, bus line*, towboat*, fulfillment center*, navigation*, public transport*, train station*, bus station*, private jet*, aircraft charter*, warehouse*',
      es: 'aerolinea*, ferrocarril*, transporte de carga, logistica, flete maritimo, naviera*, telecomunicaciones',
      fr: 'compagnie aerienne, fret, logistique, transport routier, transporteur*, ferroviaire*, telecommunication*, entrepot*',
      de: 'fluggesellschaft*, spedition*, logistik*, fracht*, eisenbahn*, reederei*, telekommunikation*, guterverkehr*',
      hint: 'rail, navigation, airport*, tanker*, barge*, cargo, telecommunication*, flatbed, broadcast*',
    },
    {
      id: 'banks',
      en: 'banking, credit union*, commercial bank*, central bank*, savings institution*, reinsur*, stock exchange*, hedge fund*, venture capital, private equity, securities exchange*, trust fund*, investment bank*, pension fund*, insurance carrier*, insurance fund*, holding compan*, bank holding, direct insurance, direct life insurance, depository*, commodity exchange*, mutual fund*, clearinghouse*, health and welfare fund*, offices of other holding, real estate investment trust*, reit, open end investment, credit card issuing, fund management, family office, commercial banking, banking institution*',
      es: 'banco, bancos, cooperativa de credito, capital de riesgo, bolsa de valores, fondo de inversion',
      fr: 'banque*, caisse d epargne, capital risque, fonds d investissement, bourse',
      de: 'banken, sparkasse*, investmentfonds, borse, ruckversicher*, beteiligungsgesellschaft',
      hint: 'bank, banks, capital markets, issuing',
    },
    {
      id: 'government',
      en: 'government*, county of, city of, municipal*, public administration, federal agency, state agency, ministry of, department of, public works department, court house, police department, fire department, military, armed forces, embassy, embassies, consulate*, public library, town hall, city hall, correctional*, prison*, jail*, regulation of, public safety, school district*, public school*, national security, tax collector office, parole, political organi*, political part*, political campaign*, labor union*, trade association*, public health administration, post office*, executive office*, space research, township, housing authority, courthouse*, dmv, department of motor, county government, junior college*, chamber of commerce, border control, professional organi*, business association*, international affairs',
      es: 'gobierno*, ayuntamiento*, municipio*, administracion publica, policia, bomberos, ejercito, embajada*, universidad*, sindicato*, secretaria de',
      fr: 'mairie*, gouvernement*, administration publique, prefecture*, police, pompiers, armee, ambassade*, universite*, syndicat*, collectivite*',
      de: 'behorde*, stadtverwaltung*, landratsamt*, ministerium*, polizei*, feuerwehr*, botschaft*, universitat*, gewerkschaft*, rathaus*, gemeindeverwaltung, landkreis*',
      hint: 'council, police, courts, library, libraries, legislat*, university, universities, archives, unions',
    },
    {
      id: 'hospitals',
      en: 'hospital, hospitals, general medical and surgical, teaching hospital*, hospital system, trauma center, surgical hospital*, psychiatric hospital*, blood bank*, organ bank*, hmo, health maintenance organi*, childrens hospital*, clinical trial*, medical research, acute care',
      es: 'hospital, hospitales',
      fr: 'hopital, hopitaux, chu',
      de: 'krankenhaus*, universitatsklinik*, klinikum*',
    },
    {
      id: 'attractions',
      en: 'amusement park*, theme park*, stadium*, zoo, zoological garden*, aquarium, museum*, casino*, marina*, ski resort*, race track*, racetrack*, national park*, nature park*, botanical garden*, professional sports team*, sports league*, lottery, historical site*, ski area*, monument park*, lighthouse, planetarium*',
      es: 'parque de diversiones, museo*, zoologico*, estadio*',
      fr: 'parc d attractions, musee*, stade',
      de: 'freizeitpark*, museum*, tierpark*, stadion*',
    },
    {
      id: 'engineering',
      en: 'engineering service*, civil engineer*, mechanical engineer*, engineering firm*, engineering consult*, testing laborator*, research and development, heavy construction, heavy civil, highway construct*, bridge construct*, dam construct*, geotechnical, geophysical, defense contractor*, environmental engineer*, water and sewer line construct*, power line construct*, road construct*, street construct*, industrial construct*, scientific research, electrical engineer*, engineering, oil pipeline construct*, pipeline construct*, railroad construct*, construction management at risk, nanotech*, r d, airport runway, materials testing, biological research, marine construction, dredging, environmental testing, product testing',
      es: 'ingenieria civil, obras publicas, ingenieria, investigacion y desarrollo, autopistas',
      fr: 'bureau d etudes, travaux publics, genie civil, ingenierie, recherche et developpement, laboratoire*',
      de: 'ingenieurburo*, bauingenieur*, strassenbau*, forschung*, ingenieur*, bruckenbau',
      hint: 'engineer*, laborator*, bridge, bridges, highway*, tunnel*, physics, infrastructure, industrial plant',
    },
  ],
};

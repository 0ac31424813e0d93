import type { AiCandidate, AiIntake } from '../src/integrations/ai/index.js';

const made = (id: string, name: string, vertical = '', description = '', contents: string[] = []): AiCandidate => ({
  ...{ id, name, contents },
  ...(vertical && { vertical }),
  ...(description && { description }),
});

/** A small agency's library, written for this project: names in several languages, annotated here and there. */
export const ownLibrary: AiCandidate[] = [
  made('q01', 'Smile Growth Engine (Dentists)', 'dentist', 'Recalls, whitening offers and reviews for dental offices.'),
  made('q02', 'Roofers Storm Season'),
  made('q03', 'Comfort Pros: Furnace + AC', 'hvac', 'Tune-up reminders and replacement quotes.', ['Tune-up calendar']),
  made('q04', 'Drain & Pipe Hero', 'plumber'),
  made('q05', 'Glow Aesthetics', 'med spa', 'Injectables and laser: consult deposits, memberships.'),
  made('q06', 'Abogados de Inmigración', '', 'Consultas, documentos y seguimiento de visas.'),
  made('q07', 'Family Matters – Divorce Attorneys', 'family law'),
  made('q08', 'Friseur & Barber Wachstum', 'Friseur', 'Terminbuchung und Erinnerung nach sechs Wochen.'),
  made('q09', 'Salle de sport – abonnements', '', 'Essai gratuit et relance des membres inactifs.'),
  made('q10', 'Realtor Pipeline', 'real estate agent', 'Home valuation, open houses, nurture of buyers and sellers.'),
  made('q11', 'Restaurant Regulars', 'restaurant', 'Table bookings, birthdays and reviews.'),
  made('q12', 'Paws & Claws', 'veterinary', 'Vaccine reminders and wellness plans for animal clinics.'),
  made('q13', 'Wrench Works – Auto Repair'),
  made('q14', 'Sparkling Homes', 'maid service', 'Instant prices and recurring house cleaning.'),
  made('q15', 'Ledger & Tax Season', 'accountant'),
  made('q16', 'MSP Launchpad', 'it support', 'Network assessments and tickets for IT providers.'),
  made('q17', 'Little Learners Daycare'),
  made('q18', 'Lens & Light', 'photographer', 'Galleries, mini sessions and wedding enquiries.'),
  made('q19', 'Therapie und Beratung', 'Psychotherapie'),
  made('q20', 'Any Local Business', '', 'Starter for any local service that takes appointments or gives quotes.'),
];

export interface OwnCase {
  intake: AiIntake;
  /** What an expert would choose; null is nothing. Others in the list would do as well. */
  expects: (string | null)[];
}

const of = (expects: OwnCase['expects'], name: string, industry = '', description = ''): OwnCase => ({
  intake: { name, industry, description },
  expects,
});

export const ownCases: OwnCase[] = [
  // Said plainly, in four languages.
  of(['q01'], 'Harbour Street Dental', 'Dentistry', 'Check-ups, crowns and whitening for the whole family'),
  of(['q01'], 'Clínica Sonrisa', '', 'Somos dentistas: limpiezas, muelas del juicio y ortodoncia'),
  of(['q01'], 'Praxis Dr. Vogel', 'Zahnarztpraxis', 'Prophylaxe und Implantate'),
  of(['q01'], 'Cabinet Moreau', 'dentiste', 'Soins dentaires pour enfants et adultes'),
  of(['q02'], 'Highland Exteriors', 'Roofing contractor', 'Shingle and metal roofs, hail damage'),
  of(['q02'], 'Toitures Bernard', '', 'Couvreur à Lyon: réparation de toiture et zinguerie'),
  of(['q02'], 'Krüger Bedachungen', 'Dachdecker', ''),
  of(['q03'], 'Polar Mechanical', '', 'We replace furnaces and heat pumps'),
  of(['q03'], 'Clima Norte', 'aire acondicionado', 'Instalación y mantenimiento de calefacción'),
  of(['q04'], 'Rapid Rooter', 'Plumbing', 'Clogged drains, water heaters'),
  of(['q04'], 'Plomería Ortega', '', 'Plomeros con emergencia las 24 horas'),
  of(['q05'], 'Velvet Skin Studio', 'Medical aesthetics', 'Botox, fillers and laser hair removal'),
  of(['q06'], 'Rivera Law', 'abogados', 'Ayudamos con visas, asilo y ciudadanía'),
  of(['q06'], 'Gateway Counsel', 'Law firm', 'Green cards and deportation defense'),
  of(['q07'], 'Ames & Cole', 'Attorneys', 'Custody, child support and prenups'),
  of(['q08'], 'Schnittpunkt', 'Friseursalon', 'Haarschnitt und Farbe'),
  of(['q08'], 'Gentleman Jack', 'barbershop', 'Fades and beard trims'),
  of(['q09'], 'Iron Harbor', 'Gym', 'Strength classes and open gym'),
  of(['q10'], 'Casa Bonita Inmobiliaria', 'bienes raíces', 'Venta de casas y departamentos'),
  of(['q10'], 'Nordlicht Immobilien', 'Immobilienmakler', ''),
  of(['q11'], 'La Paella', 'restaurante', 'Cocina valenciana, reservas y eventos'),
  of(['q12'], 'Tierklinik am Park', '', 'Tierärzte für Hunde und Katzen'),
  of(['q13'], 'Garage Dupont', 'mécanique auto', 'Vidange, freins et pneus'),
  of(['q14'], 'Shine Sisters', 'House cleaning', 'Weekly maids'),
  of(['q15'], 'Cabinet Lefèvre', 'expert-comptable', 'Tenue de livres et impôts'),
  of(['q16'], 'Bluewire', 'Managed IT services', 'Help desk and cybersecurity for small firms'),
  of(['q17'], 'Kita Sonnenblume', 'Kinderbetreuung', ''),
  of(['q18'], 'Anders Foto', 'Fotograf', 'Hochzeitsfotos und Porträts'),
  of(['q19'], 'Mindful Path', 'Counseling', 'Couples therapy and anxiety treatment'),
  // Badly spelled, named only, wrongly named, several at once.
  of(['q04'], 'Joes', 'plumming', 'cloged drians and leeky pipes'),
  of(['q13'], 'Speedy', 'auto mechanc', 'breaks and oil chnage'),
  of(['q12'], 'Lakeside Animal Hospital', '', ''),
  of(['q18'], 'Kowalski Photography LLC', '', ''),
  of(['q11'], 'The Barber Shop', 'Bar', 'Cocktails and small plates in a former barber shop'),
  of(['q13'], 'Roof Rack Garage', 'Car repair', 'Brakes, transmissions and inspections'),
  of(['q03'], 'Total Home', 'HVAC', 'Heating and air conditioning is what we do; we also clear the odd drain'),
  of(['q16'], 'Chairside Tech', '', 'Computer support and backups for dentists and veterinarians'),
  // Local, without a snapshot of its own.
  of(['q20'], 'Keys & More', 'Locksmith', 'Lockouts and rekeying'),
  of(['q20'], 'Sastrería López', 'sastre', 'Arreglos de ropa'),
  of(['q20'], 'Pompes Funèbres Martin', '', 'Obsèques et crémation'),
  // Nothing here serves these.
  of([null], 'Baltic Steelworks', 'Manufacturing', 'Rolling mill for construction steel'),
  of([null], 'Müller Großhandel', 'Großhandel', 'Großhändler für Sanitärbedarf'),
  of([null], 'Pacific Dental Supply', 'Wholesale', 'Merchant wholesalers of dental equipment'),
  of([null], 'Ayuntamiento de Vega', 'gobierno', 'Administración pública'),
  of([null], 'Green Valley Growers', 'Agriculture', 'Soybean farming and cattle ranching'),
  of([null], 'Northern Rail Freight', 'Logistics', 'Freight by railroad'),
  of([null, 'q20'], 'Qwxz', 'asdf', 'lkjh zxcv'),
  of([null, 'q20'], 'JD Holdings', '', ''),
];

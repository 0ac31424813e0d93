import type { SimSnapshot } from './state.js';

type Template = Omit<SimSnapshot, 'id' | 'companyId'> & { key: string };

const usual = ['custom_fields', 'custom_values', 'tags', 'pipelines', 'forms', 'calendars', 'funnels', 'workflows'];
const everyBusiness = [
  'Business Name',
  'Business Phone',
  'Business Email',
  'Business Address',
  'Website',
  'Owner First Name',
  'Booking Link',
  'Review Link',
];

/** Invented snapshots of an invented agency. One of them loads partially the first time, as happens in real life. */
export const demoSnapshots: Template[] = [
  {
    key: 'dental',
    name: 'Dental Practice Essentials',
    type: 'own',
    assets: [...usual, 'surveys'],
    customValues: [...everyBusiness, 'Lead Dentist', 'New Patient Offer', 'Insurance Accepted', 'Emergency Phone'],
  },
  {
    key: 'roofing',
    name: 'Roofing Storm Response',
    type: 'own',
    assets: [...usual, 'websites'],
    customValues: [...everyBusiness, 'Service Area', 'License Number', 'Free Inspection Offer', 'Financing Partner'],
  },
  {
    key: 'med-spa',
    name: 'Med Spa Growth Suite',
    type: 'own',
    assets: [...usual, 'surveys', 'memberships'],
    customValues: [
      ...everyBusiness,
      'Medical Director',
      'Signature Treatment',
      'Membership Price',
      'First Visit Offer',
    ],
    firstLoadFails: ['workflows'],
  },
  {
    key: 'law',
    name: 'Law Firm Intake Pro',
    type: 'own',
    assets: [...usual, 'surveys'],
    customValues: [...everyBusiness, 'Practice Areas', 'Managing Attorney', 'Consultation Fee', 'Bar Disclaimer'],
  },
  {
    key: 'gym',
    name: 'Gym Member Magnet',
    type: 'own',
    assets: usual,
    customValues: [...everyBusiness, 'Trial Offer', 'Class Schedule Link', 'Head Coach', 'Membership Price'],
  },
  {
    key: 'real-estate',
    name: 'Real Estate Team Engine',
    type: 'imported',
    assets: [...usual, 'websites'],
    customValues: [...everyBusiness, 'Brokerage', 'Market Area', 'Home Valuation Link', 'License Number'],
  },
  {
    key: 'restaurant',
    name: 'Restaurant Regulars',
    type: 'own',
    assets: ['custom_values', 'tags', 'forms', 'funnels', 'workflows'],
    customValues: [...everyBusiness, 'Cuisine', 'Reservation Link', 'Birthday Offer', 'Menu Link'],
  },
  {
    key: 'auto-repair',
    name: 'Auto Repair Bay Filler',
    type: 'own',
    assets: usual,
    customValues: [...everyBusiness, 'Service Hours', 'Oil Change Offer', 'Warranty Terms', 'Shuttle Available'],
  },
  {
    key: 'chiropractic',
    name: 'Chiropractic New Patient Flow',
    type: 'own',
    assets: [...usual, 'surveys'],
    customValues: [
      ...everyBusiness,
      'Lead Chiropractor',
      'New Patient Offer',
      'Insurance Accepted',
      'Intake Form Link',
    ],
  },
  {
    key: 'hvac',
    name: 'HVAC Seasonal Tune-Up',
    type: 'own',
    assets: usual,
    customValues: [...everyBusiness, 'Service Area', 'Emergency Phone', 'Maintenance Plan Price', 'License Number'],
  },
  {
    key: 'salon',
    name: 'Salon & Barber Rebook',
    type: 'imported',
    assets: ['custom_fields', 'custom_values', 'tags', 'forms', 'calendars', 'workflows'],
    customValues: [...everyBusiness, 'Lead Stylist', 'Referral Reward', 'Cancellation Policy'],
  },
  {
    key: 'cleaning',
    name: 'Home Cleaning Quote Machine',
    type: 'own',
    assets: ['custom_fields', 'custom_values', 'tags', 'pipelines', 'forms', 'workflows'],
    customValues: [...everyBusiness, 'Service Area', 'Hourly Rate', 'First Clean Offer', 'Supplies Policy'],
  },
  {
    key: 'starter',
    name: 'Local Business Starter',
    type: 'own',
    assets: ['custom_values', 'tags', 'forms', 'workflows'],
    customValues: everyBusiness,
  },
];

interface EverydayMail {
  readonly label: 'spam' | 'ham';
  readonly subject?: string;
  readonly body: string;
}

const ham = (body: string, subject?: string): EverydayMail => ({
  label: 'ham',
  body,
  ...(subject && { subject }),
});
const spam = (body: string, subject?: string): EverydayMail => ({
  label: 'spam',
  body,
  ...(subject && { subject }),
});

/**
 * Short mails of everyday life, written for this model: the corpus, a collection of mailing lists and newsletters, has
 * hardly any. They are learned from and never judged by.
 */
export const everydayMails: readonly EverydayMail[] = [
  ham('Hi Paul, can you pick up the kids at four? I am stuck at work.'),
  ham('Do you want to come over for dinner on Saturday? We are making pizza.', 'Dinner'),
  ham('I will be ten minutes late, please start without me.'),
  ham('Can you send me your address again? I want to post you something.'),
  ham('Happy new year to you and your family! Hope to see you soon.', 'Happy new year'),
  ham(
    'All the best for your birthday, dear Ruth! Have a wonderful day and enjoy the party. Hugs, Dad',
    'Happy birthday',
  ),
  ham('Hope you had a great holiday. When are you back at work?'),
  ham('Love you, see you tonight. Kisses, Jo'),
  ham('Your shipment has left our warehouse and will be with you on Monday.', 'Your shipment'),
  ham('Hello, the book you ordered has arrived in our shop.', 'Your book'),
  ham('Congratulations on the baby! We are so happy for you both.', 'Congratulations'),
  ham('Thank you so much for your help yesterday. I owe you a coffee.'),
  ham('Thank you for dinner, it was lovely to see you.', 'Thank you'),
  ham('Mum says you should call her when you have time.'),
  ham('Could you call me back this afternoon? It is about the house.'),
  ham('Are you free for a quick call at three?', 'Quick call'),
  ham('Get well soon! We all miss you at the office.'),
  ham('Here are the photos from our trip. Let me know which ones you like best.', 'Photos'),
  ham('What did your doctor say? Thinking of you. Love, Ben'),
  ham('Where are you? We are waiting in front of the cinema.'),
  ham('Ok, see you there.'),
  ham('Yes, that works for me.'),
  ham('Sorry, I cannot make it tonight. Next week maybe?'),
  ham('Good luck with your exam tomorrow, you will do great!'),
  ham('Dear all, please find attached the agenda for our meeting on Monday.', 'Agenda'),
  ham(
    'Hi team, the release is ready. Please test it before noon and tell me what you find.',
    'Release candidate',
  ),
  ham('I have attached the signed contract. Please let me know if you need anything else.', 'Contract'),
  ham('Please find our invoice for March attached. Payment is due within 30 days.', 'Invoice 2231'),
  ham('Could you send the invoice to our new address, please?', 'Address'),
  ham('I have paid the invoice this morning. Please confirm when you receive it.', 'Payment'),
  ham('Thanks for the quick reply. I will discuss it with my manager and come back to you.'),
  ham('The customer called and asks when we can deliver. What shall I tell them?'),
  ham('Can we move our appointment to next week? I am ill.', 'Our appointment'),
  ham('Your appointment with Dr. Miller is confirmed for 12 May at 9:30.', 'Appointment confirmed'),
  ham('Your parcel is on its way. You can track your delivery with the number below.', 'Your parcel'),
  ham(
    'Thank you for your order. We will send you a message as soon as it leaves our warehouse.',
    'Order received',
  ),
  ham('Hello, we have received your payment. Your order will be sent tomorrow.', 'Payment received'),
  ham('Your ticket for the train to Vienna is attached. Have a pleasant journey.', 'Your ticket'),
  ham('Your password was changed today. If this was not you, please contact support.', 'Password changed'),
  ham('Your library books are due in three days. You can renew them online.', 'Due soon'),
  ham('The monthly statement of your account is now available in online banking.', 'Account statement'),
  ham('Your subscription was renewed. The receipt is attached.', 'Receipt'),
  ham('Your application has arrived. We will contact you within two weeks.', 'Your application'),
  ham('We would like to invite you to an interview next Tuesday at ten.', 'Interview'),
  ham('Dear Professor, I would like to ask whether you could write me a letter of reference.', 'Reference'),
  ham('The homework for next week is on page 42. Please bring your books.', 'Homework'),
  ham('Please review my changes when you have a minute, the tests pass now.', 'Review'),
  ham('The build is broken since last night, can someone take a look?', 'Build broken'),
  ham('Which version of the library do you use? I cannot reproduce the error.'),
  ham('Your flight was moved to 7:15. Please check in online before you leave.', 'Change to your flight'),
  ham('The plumber comes on Friday between eight and ten. Will you be at home?'),
  ham('Your car is ready. You can collect it until six.', 'Your car'),
  ham(
    'We have a room for you from 3 to 7 June. Breakfast is included. We look forward to your visit.',
    'Your booking',
  ),
  ham('Training starts at seven this week. Bring your running shoes!', 'Training'),
  ham('Grandma is feeling better and sends you her love.'),
  ham('Do not forget to buy milk and bread on your way home.'),
  ham('I read your article and liked it very much. May I use it in my class?'),
  spam('You are our lucky winner! Send us your bank details to receive your prize money.', 'WINNER'),
  spam('Claim your free gift card now! Offer ends tonight.', 'Free gift'),
  spam('Make money fast from home. No skills needed, earn $3,000 every week!', 'Make money fast'),
  spam('Best price Viagra and Cialis, no prescription, discreet shipping worldwide.', 'Pharmacy'),
  spam('Get out of debt today! Bad credit is no problem. Apply now, it is free.', 'Bad credit OK'),
  spam('Lowest mortgage rates ever, refinance your home now and save thousands.', 'Refinance'),
  spam('Burn fat while you sleep! Order our miracle pills and lose weight without diet.', 'Lose weight'),
  spam('Hot girls are waiting for you, watch live now. Click here.', 'Hot girls'),
  spam(
    'I am a barrister in Lagos. A late client left $12,500,000 and I seek your assistance to transfer this fund.',
    'Confidential',
  ),
  spam(
    'Double your bitcoin in 24 hours. Guaranteed profit, join thousands of happy investors.',
    'Guaranteed profit',
  ),
  spam(
    'Dear customer, your account is suspended. Click the link and enter your password and card number at once.',
    'Account suspended',
  ),
  spam('Final notice: your mailbox is full. Verify your account here or it will be deleted.', 'Final notice'),
  spam('You have won a new iPhone! Click here and pay only $1 for shipping.', 'Congratulations!!!'),
  spam('Hot stock alert! This penny stock will explode, buy today before it is too late.', 'Stock alert'),
  spam('Buy cheap Rolex replica watches, 80% off, limited time offer!', 'Replica watches'),
  spam('Increase your size naturally, satisfaction guaranteed or your money back.', 'Be a man'),
  spam('Get a university diploma without study. No exams, no classes, call now.', 'Diploma'),
  spam('One million email addresses for only $99. Reach customers today!', 'Email marketing'),
  spam('Casino bonus! Get $500 free, play now and win big.', 'Casino bonus'),
  spam('Your loan is approved. Cash in your account today, no credit check.', 'Loan approved'),
];
